"""Under which alias the value of each field is stored in the merged answer."""

from gateway.planner.collect import Collected
from gateway.planner.fetches import StoredField
from gateway.planner.graph import QueryGraph
from gateway.planner.places import Place

TYPENAME = StoredField("__typename", "__typename", "", frozenset())
Signature = tuple[str, str, tuple[str | None, ...]]


class Storage:
    """A field keeps its response key unless another field at the same path, for other types or hidden, has it."""

    def __init__(self, graph: QueryGraph) -> None:
        self._graph = graph
        self._taken: dict[tuple[str, ...], dict[str, set[Signature]]] = {}

    def allocate(self, place: Place, collected: Collected) -> StoredField:
        taken = self._taken.setdefault(tuple(s.key for s in place.path), {"__typename": {("", "", ())}})
        types = self._graph.storage_signature(place.type_name, collected.name)
        signature = (collected.name, collected.arguments, types)
        key, number = collected.response_key, 1
        while not all(_agree(known, signature) for known in taken.setdefault(key, set())):
            number += 1
            key = f"{collected.response_key.lstrip('_')}__{number}"
        taken[key].add(signature)
        return StoredField(key, collected.name, collected.arguments, collected.variables)


def _agree(one: Signature, other: Signature) -> bool:
    """The same field, of the same type in every subgraph that has it for both."""
    if one[:2] != other[:2]:
        return False
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(one[2], other[2], strict=True))
