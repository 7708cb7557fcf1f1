"""Lists in the graph: `things(first, after): ThingConnection!` with `nodes` and `pageInfo`."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import strawberry

T = TypeVar("T")

MAX_FIRST = 100


class PageOfDocuments(Protocol):
    """What `servicekit.storage.paging` returns."""

    @property
    def items(self) -> Sequence[dict[str, Any]]: ...
    @property
    def end_cursor(self) -> str | None: ...
    @property
    def has_next(self) -> bool: ...


@strawberry.federation.type(shareable=True)
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.federation.type(shareable=True)
class Connection(Generic[T]):
    """`Connection[Thing]` is `ThingConnection` in the schema."""

    nodes: list[T]
    page_info: PageInfo


def connection(page: PageOfDocuments, build: Callable[[dict[str, Any]], T]) -> Connection[T]:
    """A page of stored documents as a connection of what `build` makes of each."""
    return Connection(
        nodes=[build(item) for item in page.items],
        page_info=PageInfo(has_next_page=page.has_next, end_cursor=page.end_cursor),
    )


def empty_connection() -> Connection[Any]:
    return Connection(nodes=[], page_info=PageInfo(has_next_page=False, end_cursor=None))
