"""Hive Gateway, the peer on Node: installed by npm under `.local`, never part of the tree."""

import os
import shutil
import subprocess
from pathlib import Path

VERSION = "2.15.1"
FOLDER = Path(".local/hive-gateway").absolute()
PROGRAM = FOLDER / "node_modules" / ".bin" / "hive-gateway"
MISSING = "needs Node and Hive Gateway (make hive-gateway)"


def is_installed() -> bool:
    return shutil.which("node") is not None and PROGRAM.is_file()


def install() -> None:
    """Raises RuntimeError without npm, CalledProcessError when the package can't be installed."""
    if is_installed():
        return
    if shutil.which("npm") is None:
        raise RuntimeError("Node is missing: sudo apt-get install nodejs npm (only to compare with Hive Gateway)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    package = f"@graphql-hive/gateway@{VERSION}"
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", FOLDER, package], check=True)


def command(supergraph: Path, port: int) -> list[str]:
    """One process, like ours; run it with `environment`."""
    return [str(PROGRAM), "supergraph", str(supergraph), "--fork", "1", "--host", "127.0.0.1", "--port", str(port)]


def environment() -> dict[str, str]:
    return {**os.environ, "NODE_ENV": "production", "LOG_LEVEL": "warn"}


if __name__ == "__main__":
    install()
