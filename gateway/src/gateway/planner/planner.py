"""Plans an operation: the passes in their order."""

from collections.abc import Callable, Iterator, Mapping

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, OperationType

from gateway.planner.collect import Collected, Collector
from gateway.planner.fetch_tree import FetchTree
from gateway.planner.fetches import Reading
from gateway.planner.graph import QueryGraph
from gateway.planner.optimise import Optimiser
from gateway.planner.places import Steps
from gateway.planner.plan import Plan, Stage
from gateway.planner.walk import Walker
from gateway.supergraph import Supergraph

StageOf = Callable[[dict[str, Collected], int], tuple[Stage, tuple[Reading, ...]]]


class Planner:
    """Plans are immutable and may be shared; `conditions` are the values of the variables of @skip and @include."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._graph = QueryGraph(supergraph)
        schema = supergraph.schema
        self._roots = {
            OperationType.QUERY: schema.query_type,
            OperationType.MUTATION: schema.mutation_type,
            OperationType.SUBSCRIPTION: schema.subscription_type,
        }

    def plan(self, document: DocumentNode, operation: OperationDefinitionNode, conditions: Mapping[str, bool]) -> Plan:
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        root_type = self._roots[operation.operation]
        assert root_type is not None
        root = root_type.name
        collector = Collector(self._graph, fragments, conditions)
        name = operation.name.value if operation.name else "anonymous"
        variables = {d.variable.name.value: d for d in operation.variable_definitions or ()}
        optimiser = Optimiser(self._graph, operation.operation.value, name, variables)
        fields = collector.collect([operation.selection_set], root)
        steps = Steps()

        def stage(part: dict[str, Collected], first_index: int) -> tuple[Stage, tuple[Reading, ...]]:
            needs, readings = Walker(self._graph, collector, steps).walk_root(root, part)
            tree = FetchTree(self._graph, steps)
            tree.meet(needs)
            return optimiser.stage(tree.groups, first_index), readings

        stages: list[Stage] = []
        readings: list[Reading] = []
        for run in _runs(fields, stage) if operation.operation is OperationType.MUTATION else [fields]:
            planned, found = stage(run, sum(len(s.fetches) for s in stages))
            stages.append(planned)
            readings += found
        local = tuple(n for c in fields.values() if c.name in ("__schema", "__type") for n in c.nodes)
        return Plan(operation.operation.value, tuple(stages), tuple(readings), root, local)


def _runs(fields: dict[str, Collected], stage: StageOf) -> Iterator[dict[str, Collected]]:
    """Root fields of a mutation that one request may carry: neighbours in one subgraph that need nothing afterwards."""
    run: dict[str, Collected] = {}
    subgraph: str | None = None
    for key, field in fields.items():
        fetches = stage({key: field}, 0)[0].fetches
        own = fetches[0].subgraph if fetches else subgraph
        if run and own != subgraph:
            yield run
            run = {}
        run[key] = field
        subgraph = own if len(fetches) <= 1 else None
    if run:
        yield run
