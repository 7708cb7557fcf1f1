"""Walks an operation over the query graph and finds every way to each of its leaves."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from graphql import SelectionSetNode

from gateway.planner.collect import Collected, Collector
from gateway.planner.fetches import Path, Reading, Segment, StoredField
from gateway.planner.graph import Entry, QueryGraph
from gateway.planner.places import Arrival, Inputs, Need, Place, Steps, Unreachable
from gateway.planner.storage import TYPENAME, Storage
from gateway.supergraph import FieldSet, SubgraphField

Found = tuple[list[Need], tuple[Reading, ...]]

MAX_HIDDEN_DEPTH = 8


class Walker:
    """`client` collects the client's selections, `plain` those of keys and requirements."""

    def __init__(self, graph: QueryGraph, client: Collector, steps: Steps) -> None:
        self._graph = graph
        self._client = client
        self._plain = Collector(graph, {}, {})
        self._storage = Storage(graph)
        self._required: dict[tuple[Place, str, str], Arrival | None] = {}
        self._open: set[tuple[str, str, str]] = set()
        self._depth = 0
        self._steps = steps

    def walk_root(self, root: str, fields: dict[str, Collected]) -> Found:
        """Meta fields at the root need no subgraph; their readings are there for the order of the answer."""
        place = Place((), root, (root,), False, None)
        arrivals = [Arrival(place, s, root) for s in self._graph.subgraphs if self._graph.type_in(s, root)]
        remote = {key: c for key, c in fields.items() if not c.name.startswith("__")}
        needs, readings = self._walk(place, arrivals, remote, hidden=False) if remote else ([], ())
        found = {reading.name: reading for reading in readings}
        return needs, tuple(found.get(key) or Reading(key, c.name, key, None) for key, c in fields.items())

    # The fields of one place

    def _walk(self, place: Place, arrivals: list[Arrival], fields: dict[str, Collected], *, hidden: bool) -> Found:
        self._steps.take(1 + len(fields))
        needs: list[Need] = []
        readings: list[Reading] = []
        for collected in fields.values():
            if collected.name == "__typename":
                needs.append(self._typename_need(place, arrivals))
                readings.append(Reading(collected.response_key, "__typename", "__typename", None))
            else:
                found, reading = self._field(place, arrivals, collected, hidden=hidden)
                needs += found
                readings.append(reading)
        if not needs:
            needs.append(Need(place, TYPENAME, arrivals))
        return needs, tuple(readings)

    def _typename_need(self, place: Place, arrivals: list[Arrival]) -> Need:
        options = [a for a in arrivals if a.typed] if place.abstract else arrivals
        if not options:
            raise Unreachable(f"{place.declared}.__typename")
        return Need(place, TYPENAME, options)

    def _field(
        self, place: Place, arrivals: list[Arrival], collected: Collected, *, hidden: bool
    ) -> tuple[list[Need], Reading]:
        options = self._options(place, arrivals, collected.name)
        if not options:
            raise Unreachable(f"{place.type_name}.{collected.name}")
        stored = self._storage.allocate(place, collected)
        if not collected.selections:
            return [Need(place, stored, options)], Reading(collected.response_key, collected.name, stored.key, None)
        needs: list[Need] = []
        children = []
        untyped: list[tuple[Place, list[Arrival]]] = []
        for child, sources, fields in self._children(place, options, collected, stored, hidden=hidden):
            reached, (found, readings) = self._child(child, sources, fields, hidden=hidden)
            needs += found
            children.append((child.narrowed, readings))
            untyped += [] if all(a.typed for a in sources) else [(child, reached)]
        if not children:
            raise Unreachable(f"{place.type_name}.{collected.name}")
        if len({readings for _, readings in children}) > 1:
            needs += [self._typename_need(child, reached) for child, reached in untyped]
        return needs, Reading(collected.response_key, collected.name, stored.key, tuple(children))

    def _child(
        self, place: Place, direct: list[Arrival], fields: dict[str, Collected], *, hidden: bool
    ) -> tuple[list[Arrival], Found]:
        if hidden:
            with suppress(Unreachable):
                return direct, self._walk(place, direct, fields, hidden=True)
        reached = self._explore(place, direct) if hidden else self._reachable(place, direct, fields)
        return reached, self._walk(place, reached, fields, hidden=hidden)

    # The places under a field

    def _children(
        self, place: Place, options: list[Arrival], collected: Collected, stored: StoredField, *, hidden: bool
    ) -> Iterator[tuple[Place, list[Arrival], dict[str, Collected]]]:
        declared = self._graph.named_output(place.type_name, collected.name)
        path = (*place.path, Segment(stored.key, place.narrowed))
        collector = self._plain if hidden else self._client
        statics = [self._static(o, collected.name) for o in options]
        fields = {t: collector.collect(collected.selections, t) for t in self._graph.possible(declared)}
        for child in self._classes(declared, path, fields, options, statics):
            direct = [
                self._arrive(child, option, collected, stored, static)
                for option, static in zip(options, statics, strict=True)
                if child.type_name in self._possible_in(option.subgraph, static)
            ]
            if direct:
                yield child, self._distinct(direct), fields[child.type_name]

    def _classes(
        self,
        declared: str,
        path: Path,
        fields: dict[str, dict[str, Collected]],
        options: list[Arrival],
        statics: list[str],
    ) -> list[Place]:
        """The possible types, those together that have the same fields and are answered alike everywhere."""
        abstract = self._graph.is_abstract(declared)
        if not abstract:
            return [Place(path, declared, (declared,), False, None)]
        classes: dict[object, list[str]] = {}
        self._steps.take(len(fields))
        for type_name, collected in fields.items():
            reached = tuple(
                type_name in self._possible_in(o.subgraph, s) for o, s in zip(options, statics, strict=True)
            )
            asked = tuple((k, c.name, c.arguments, tuple(map(id, c.selections))) for k, c in collected.items())
            names = tuple(sorted({c.name for c in collected.values()}))
            signature = (reached, asked, self._graph.signature(type_name, names))
            classes.setdefault(signature, []).append(type_name)
        narrow = len(classes) > 1
        return [Place(path, declared, tuple(c), True, frozenset(c) if narrow else None) for c in classes.values()]

    def _arrive(self, place: Place, parent: Arrival, collected: Collected, stored: StoredField, static: str) -> Arrival:
        known = self._graph.type_in(parent.subgraph, static)
        typed = not (known and known.interface_object)
        provided = self._provided(parent, collected.name)
        return Arrival(place, parent.subgraph, static, typed, provided, parent=parent, stored=stored)

    def _static(self, arrival: Arrival, field: str) -> str:
        found = self._graph.field_in(arrival.subgraph, arrival.place.type_name, field)
        assert found is not None
        return found.named_type

    def _possible_in(self, subgraph: str, type_name: str) -> frozenset[str]:
        known = self._graph.type_in(subgraph, type_name)
        return known.possible if known else frozenset()

    @staticmethod
    def _distinct(arrivals: Iterable[Arrival]) -> list[Arrival]:
        """One way for each subgraph and set of provided fields: the first is as good as the others."""
        found: dict[object, Arrival] = {}
        for arrival in arrivals:
            found.setdefault((arrival.subgraph, tuple(map(id, arrival.provided)), id(arrival.parent)), arrival)
        return list(found.values())

    # Ways to a field

    def _options(self, place: Place, arrivals: list[Arrival], name: str) -> list[Arrival]:
        plain = [a for a in arrivals if self._answers(a, name)]
        return [*plain, *self._after_requirements(place, arrivals, name)]

    def _answers(self, arrival: Arrival, name: str) -> bool:
        field = self._graph.field_in(arrival.subgraph, arrival.place.type_name, name)
        if field is None:
            return False
        if not field.external and field.requires is None:
            return True
        return name in self._plain.collect(arrival.provided, arrival.place.type_name)

    def _provided(self, parent: Arrival, name: str) -> tuple[SelectionSetNode, ...]:
        field = self._graph.field_in(parent.subgraph, parent.place.type_name, name)
        inherited = self._plain.collect(parent.provided, parent.place.type_name).get(name)
        own = (field.provides.selections,) if field and field.provides else ()
        return (*own, *(inherited.selections if inherited else ()))

    def _after_requirements(self, place: Place, arrivals: list[Arrival], name: str) -> Iterator[Arrival]:
        for subgraph, field, requires in self._graph.requiring(place.type_name, name):
            found = self._required_arrival(place, arrivals, subgraph, field, requires)
            if found:
                yield found

    def _required_arrival(
        self, place: Place, arrivals: list[Arrival], subgraph: str, field: SubgraphField, requires: FieldSet
    ) -> Arrival | None:
        known = (place, subgraph, requires.text)
        guard = (place.type_name, subgraph, field.name)
        if known not in self._required and guard not in self._open:
            self._open.add(guard)
            try:
                entries = [e for e in self._graph.entries(place.type_name) if e.subgraph == subgraph]
                found = (self._enter(place, arrivals, entry, requires) for entry in entries)
                self._required[known] = next((a for a in found if a), None)
            finally:
                self._open.discard(guard)
        return self._required.get(known)

    # Ways into other subgraphs

    def _reachable(self, place: Place, direct: list[Arrival], fields: dict[str, Collected]) -> list[Arrival]:
        typed = all(a.typed for a in direct)
        local = typed and all(not c.selections and self._settled(place, direct, c.name) for c in fields.values())
        return direct if local else self._explore(place, direct)

    def _settled(self, place: Place, direct: list[Arrival], name: str) -> bool:
        if name == "__typename":
            return not place.abstract or any(a.typed for a in direct)
        return any(self._answers(a, name) for a in direct)

    def _explore(self, place: Place, direct: list[Arrival]) -> list[Arrival]:
        """The direct arrivals and every subgraph that can be entered from them, nearest first."""
        arrivals = list(direct)
        pending = list(self._entries(place, direct))
        progress = True
        while progress:
            reached = {a.subgraph for a in arrivals}
            nearer = list(arrivals)
            found = {
                entry: arrival
                for entry in pending
                if entry.subgraph not in reached and (arrival := self._enter(place, nearer, entry, None))
            }
            best = {a.subgraph: a for a in reversed(found.values())}
            arrivals += reversed(best.values())
            progress = bool(found)
        return arrivals

    def _entries(self, place: Place, direct: list[Arrival]) -> Iterator[Entry]:
        yield from self._graph.entries(place.type_name)
        if place.abstract and not any(a.typed for a in direct):
            for entry in self._graph.entries(place.declared):
                if place.type_name in self._possible_in(entry.subgraph, entry.type_name):
                    yield entry

    def _enter(self, place: Place, arrivals: list[Arrival], entry: Entry, requires: FieldSet | None) -> Arrival | None:
        if self._depth >= MAX_HIDDEN_DEPTH:
            return None
        self._depth += 1
        try:
            inputs = self._inputs(place, arrivals, entry, requires)
        except Unreachable:
            return None
        finally:
            self._depth -= 1
        known = self._graph.type_in(entry.subgraph, entry.type_name)
        typed = not (known and known.interface_object)
        return Arrival(place, entry.subgraph, entry.type_name, typed, entry=entry, inputs=inputs)

    def _inputs(self, place: Place, arrivals: list[Arrival], entry: Entry, requires: FieldSet | None) -> Inputs:
        sets = [entry.key.fields.selections] + ([requires.selections] if requires else [])
        fields = self._plain.collect(sets, place.type_name)
        needs, readings = self._walk(place, arrivals, fields, hidden=True)
        read_typename = place.abstract and entry.type_name in place.types
        if read_typename:
            needs.append(self._typename_need(place, arrivals))
        keys = frozenset(self._plain.collect(sets[:1], place.type_name))
        return Inputs(needs, readings, keys, read_typename)
