"""What the executor runs: requests to subgraphs, each after those that it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import FieldNode

from gateway.planner.fetches import Path, Reading


@dataclass(frozen=True, slots=True)
class Part:
    """One `_entities` list of a request: the objects at `path` (of `types`, if narrowed) as representations.

    `alias` names the list and `variable` its representations; `type_name` is put into each
    representation unless `read_typename` asks for the object's own. An object whose `keys` are all null
    isn't asked for.
    """

    alias: str
    variable: str
    path: Path
    types: frozenset[str] | None
    type_name: str
    read_typename: bool
    readings: tuple[Reading, ...]
    keys: frozenset[str]
    owes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fetch:
    """One request. Without parts it is a root operation whose answer belongs to the objects at `path`."""

    index: int
    subgraph: str
    operation: str
    query: str
    operation_name: str
    variables: frozenset[str]
    path: Path
    parts: tuple[Part, ...]
    owes: tuple[str, ...]
    needs: tuple[int, ...]
    followers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Fetches of which each starts when those that it needs are done."""

    fetches: tuple[Fetch, ...]

    @property
    def first(self) -> Iterator[Fetch]:
        return (f for f in self.fetches if not f.needs)


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages run one after the other: a query has one, a mutation one for each run of root fields.

    `introspection` are the root fields that the gateway answers itself.
    """

    operation: str
    stages: tuple[Stage, ...]
    readings: tuple[Reading, ...]
    root: str
    introspection: tuple[FieldNode, ...] = ()

    @property
    def fetches(self) -> Iterator[Fetch]:
        for stage in self.stages:
            yield from stage.fetches

    def text(self) -> str:
        """The plan as an indented text, one line a step."""
        lines = [f"{self.operation} {{"]
        for stage in self.stages:
            lines.append("  Sequence {" if len(self.stages) > 1 else "  Parallel {")
            lines += [line for fetch in stage.fetches for line in _fetch_lines(fetch)]
            lines.append("  }")
        return "\n".join([*lines, "}"])


def _fetch_lines(fetch: Fetch) -> Iterator[str]:
    after = f" after {', '.join(map(str, fetch.needs))}" if fetch.needs else ""
    yield f"    Fetch {fetch.index}: {fetch.subgraph}{after} {{"
    for part in fetch.parts:
        yield f"      Flatten {part.alias}: {'.'.join(s.key for s in part.path)} as {part.type_name}"
    yield f"      {fetch.query}"
    yield "    }"
