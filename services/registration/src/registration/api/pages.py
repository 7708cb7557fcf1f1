"""Pages and entities whose nodes were made beforehand, all at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from servicekit.graphql import Connection, PageInfo

A = TypeVar("A")
T = TypeVar("T")


class Shown(Protocol):
    """A page of whatever list, whose nodes are made already."""

    @property
    def end_cursor(self) -> str | None: ...
    @property
    def has_next(self) -> bool: ...


def paged(page: Shown, nodes: list[T]) -> Connection[T]:
    return Connection(nodes=nodes, page_info=PageInfo(has_next_page=page.has_next, end_cursor=page.end_cursor))


def in_order(
    keys: Sequence[Mapping[str, Any]], name: str, found: Mapping[str, A], present: Callable[[A], T]
) -> list[T | None]:
    """For each key what was found under its `name`, presented; None where there is nothing."""
    return [present(found[key[name]]) if key[name] in found else None for key in keys]
