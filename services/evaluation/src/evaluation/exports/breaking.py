"""Breaking Chinese text into lines."""

from collections.abc import Callable

# These begin no line (closing marks) or end none (opening marks).
NOT_FIRST = frozenset(
    ",.;:?!)]}%\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u3009\u300b"
    "\u300d\u300f\u3011\u3015\u201d\u2019\u2026\u2014\uff05"
)
NOT_LAST = frozenset("([{\uff08\u300a\u3008\u300c\u300e\u3010\u3014\u201c\u2018")


def break_lines(text: str, room: float, width: Callable[[str], float], *, indent: float = 0) -> list[str]:
    """Lines no wider than `room`, the first one narrower by `indent`. Latin words and numbers stay whole."""
    lines: list[str] = []
    rest = text
    while rest:
        cut = _cut(rest, room - (0 if lines else indent), width)
        lines.append(rest[:cut].rstrip(" "))
        rest = rest[cut:].lstrip(" ")
    return lines


def _cut(text: str, room: float, width: Callable[[str], float]) -> int:
    """How many characters the line takes, at least one."""
    taken, used = 0, 0.0
    for character in text:
        used += width(character)
        if used > room + 1e-6:
            break
        taken += 1
    if taken == len(text):
        return taken
    fits = taken
    while taken > 1 and not _may_break(text[taken - 1], text[taken]):
        taken -= 1
    return taken if taken > 1 else max(fits, 1)


def _may_break(before: str, after: str) -> bool:
    if after in NOT_FIRST or before in NOT_LAST:
        return False
    return not (_latin(before) and _latin(after))


def _latin(character: str) -> bool:
    return character.isascii() and not character.isspace()
