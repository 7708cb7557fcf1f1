"""A bounded cache that forgets what was used least recently."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

LONGEST_TEXT = 64 * 1024
"""Longer documents aren't remembered, so that caches of texts have a bound in bytes, too."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


MOST_TEXT = 512 * 1024
"""Of all texts in a cache of what is made of them: a syntax tree takes up to 200 times the memory of its text."""


class Cache(Generic[Key, Value]):
    """At most `size` values, and of those put with a weight so many that their weights are within `most`."""

    def __init__(self, size: int, most: int = MOST_TEXT) -> None:
        self._size = size
        self._most = most
        self._weight = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, weight: int = 0) -> None:
        _, before = self._values.pop(key, (None, 0))
        self._values[key] = value, weight
        self._weight += weight - before
        while len(self._values) > self._size or self._weight > self._most:
            _, (_, forgotten) = self._values.popitem(last=False)
            self._weight -= forgotten
