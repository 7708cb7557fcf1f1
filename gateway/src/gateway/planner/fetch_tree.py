"""Chooses a way for every leaf and grows the fetch tree from the chosen ways."""

from collections import Counter
from collections.abc import Iterable

from gateway.planner.fetches import Group, Selected, Slot, StoredField
from gateway.planner.graph import QueryGraph
from gateway.planner.places import Arrival, Inputs, Need, Steps

REQUEST_COST = 1000.0
FIELD_COST = 1.0


class FetchTree:
    def __init__(self, graph: QueryGraph, steps: Steps) -> None:
        self._graph = graph
        self._steps = steps
        self._groups: dict[object, Group] = {}
        self._costs: dict[Arrival, float] = {}
        self._popular: dict[str, float] = {}

    @property
    def groups(self) -> list[Group]:
        return list(self._groups.values())

    def meet(self, needs: Iterable[Need]) -> None:
        """Leaves without a choice go first, then the expensive ones, so that the others can share their requests."""
        needs = list(needs)
        options = Counter(subgraph for need in needs for subgraph in {o.subgraph for o in need.options})
        self._popular = {subgraph: count / (len(needs) + 1) for subgraph, count in options.items()}
        for need in sorted(needs, key=lambda need: (len(need.options) > 1, -min(map(self._cost, need.options)))):
            self._commit_leaf(need)

    def _commit_leaf(self, need: Need) -> Group:
        arrival = min(need.options, key=self._cost)
        slot = self._commit(arrival)
        self._steps.take(len(slot.selections) * len(need.place.types))
        for selected in slot.selections:
            for type_name in need.place.types:
                selected.add(type_name, need.stored, None)
        return slot.group

    def _cost(self, arrival: Arrival) -> float:
        if arrival.slot is not None:
            return 0.0
        known = self._costs.get(arrival)
        if known is None:
            known = self._costs[arrival] = self._uncommitted_cost(arrival)
        return known

    def _uncommitted_cost(self, arrival: Arrival) -> float:
        if arrival.parent is not None:
            return FIELD_COST + self._cost(arrival.parent)
        if arrival.inputs is None:
            return REQUEST_COST - self._popular.get(arrival.subgraph, 0.0)
        inputs = [min(map(self._cost, need.options)) for need in arrival.inputs.needs]
        return REQUEST_COST + max(inputs) + FIELD_COST * len(inputs)

    def _commit(self, arrival: Arrival) -> Slot:
        if arrival.slot is None:
            arrival.slot = self._grow(arrival)
            self._costs.clear()
        return arrival.slot

    def _grow(self, arrival: Arrival) -> Slot:
        if arrival.parent is not None and arrival.stored is not None:
            return self._extend(arrival, self._commit(arrival.parent), arrival.parent, arrival.stored)
        if arrival.inputs is not None:
            return self._enter(arrival, arrival.inputs)
        key = (arrival.subgraph, arrival.place.path)
        group = self._groups.get(key)
        if group is None:
            place = arrival.place
            group = Group(arrival.subgraph, place.path, place.narrowed, arrival.static, Selected(arrival.static))
            self._groups[key] = group
        return Slot(group, (group.selected,))

    def _extend(self, arrival: Arrival, parent_slot: Slot, parent: Arrival, stored: StoredField) -> Slot:
        self._steps.take(len(parent_slot.selections) * len(parent.place.types))
        found: dict[int, Selected] = {}
        for selected in parent_slot.selections:
            for type_name in parent.place.types:
                child = selected.add(type_name, stored, arrival.static)
                assert child is not None
                found[id(child)] = child
        return Slot(parent_slot.group, tuple(found.values()))

    def _enter(self, arrival: Arrival, inputs: Inputs) -> Slot:
        needs = {self._commit_leaf(need) for need in inputs.needs}
        place, type_name = arrival.place, arrival.static
        key = (arrival.subgraph, place.path, place.types, type_name, inputs.readings, frozenset(map(id, needs)))
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(
                arrival.subgraph,
                place.path,
                place.narrowed,
                type_name,
                Selected(self._entity_static(arrival)),
                inputs.readings,
                inputs.keys,
                inputs.read_typename,
                needs,
            )
        return Slot(group, (group.selected,))

    def _entity_static(self, arrival: Arrival) -> str:
        """The type that the fields of an entity fetch are asked on; `_Entity` stands for each object type by itself."""
        known = self._graph.type_in(arrival.subgraph, arrival.static)
        whole = known is not None and (known.abstract or known.interface_object)
        return arrival.static if whole else "_Entity"
