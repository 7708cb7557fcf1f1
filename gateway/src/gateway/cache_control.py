"""Response caching hints: what the subgraphs allow, taken together, is what the answer allows.

Fetches tell their hints through a context variable, because they run deep below the request that they belong to.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

NO_STORE = "no-store"
AGE = re.compile(r"[0-9]{1,10}")


@dataclass(slots=True)
class CacheHints:
    """The `Cache-Control` of every fetch of one request; None where a subgraph sent none."""

    told: list[str | None] = field(default_factory=list)

    def combined(self) -> str | None:
        """The most restrictive of all; None if no subgraph gave a hint. One that is silent allows nothing."""
        if not any(self.told):
            return None
        directives = [_directives(one) for one in self.told if one]
        ages = [_age(one) for one in directives]
        if len(directives) < len(self.told) or not all(ages) or any("no-store" in one for one in directives):
            return NO_STORE
        scope = "private" if any("private" in one for one in directives) else "public"
        public = all("public" in one for one in directives)
        age = min(int(one) for one in ages if one)
        return f"max-age={age}, {scope}" if public or scope == "private" else f"max-age={age}"


def _directives(text: str) -> dict[str, str]:
    parts = (part.strip().lower().partition("=") for part in text.split(","))
    return {name: value.strip('"') for name, _, value in parts}


def _age(directives: dict[str, str]) -> str | None:
    """Seconds as text; None if it may not be stored for any time, or says nothing that can be read."""
    age = directives.get("max-age", "")
    return age if AGE.fullmatch(age) and int(age) > 0 and "no-cache" not in directives else None


_hints: ContextVar[CacheHints | None] = ContextVar("cache_hints", default=None)


@contextmanager
def collected_hints() -> Iterator[CacheHints]:
    hints = CacheHints()
    token = _hints.set(hints)
    try:
        yield hints
    finally:
        _hints.reset(token)


def add_hint(cache_control: str | None) -> None:
    hints = _hints.get()
    if hints is not None:
        hints.told.append(cache_control)
