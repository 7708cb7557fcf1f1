"""The network of the cluster: proxies that stand for each server's address, and what is done to them."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence

from tests.faults.proxy import Address


class Network:
    """Blocks while a command is carried out; may be called from any thread."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.proxy"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._turn = threading.Lock()

    @property
    def pid(self) -> int:
        return self._process.pid

    def open(self, link: str, listen: Address, to: Sequence[Address], probe: str | None = None) -> None:
        self._tell(link=link, listen=listen, to=to, probe=probe)

    def open_mapper(self, listen: Address, node_port: int) -> None:
        self._tell(listen=listen, node=node_port)

    def change(self, link: str, mode: str, ms: float = 0, source: str | None = None) -> None:
        self._tell(**{"link": link, "mode": mode, "ms": ms, "from": source})

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _tell(self, **told: object) -> None:
        pipe = self._process
        assert pipe.stdin is not None
        assert pipe.stdout is not None
        with self._turn:
            pipe.stdin.write(json.dumps(told).encode() + b"\n")
            pipe.stdin.flush()
            if pipe.stdout.readline() != b"done\n":
                raise RuntimeError(f"the network did not do what it was told: {told}")
