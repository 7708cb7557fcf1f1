"""Answers GraphQL requests over one supergraph: the way from a document to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import OperationDefinitionNode, OperationType
from graphql.execution.values import get_variable_values

from gateway.api_schema import api_schema
from gateway.cache import Cache
from gateway.documents import Document, Documents
from gateway.executor.errors import AnswerErrors
from gateway.executor.project import Projection, compile_projection
from gateway.executor.run import Execution, Post, request_body
from gateway.introspection import Introspection
from gateway.jsontypes import Json, JsonObject
from gateway.limits import ListCost, check_variables
from gateway.metrics import PLANS
from gateway.planner.places import PlanTooComplex, Unreachable
from gateway.planner.plan import Fetch, Plan
from gateway.planner.planner import Planner
from gateway.refusals import Refused, exceeded, invalid
from gateway.settings import Settings
from gateway.supergraph import Supergraph

LONGEST_NAME = 100
MAX_VARIABLE_ERRORS = 20
CostKey = tuple[str, str | None, tuple[tuple[str, int], ...]]
PlanKey = tuple[str, str | None, tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request; `headers` go with every request to a subgraph."""

    query: str
    operation_name: str | None
    variables: JsonObject
    headers: Mapping[str, str]
    mutations: bool = True
    subscriptions: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    plan: Plan
    projection: Projection

    def answer(self, execution: Execution) -> JsonObject:
        errors = execution.errors
        data: Json = self.projection.complete(execution.data, errors)
        return {"errors": list(errors.found), "data": data} if errors.found else {"data": data}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that passed every check before planning."""

    request: Request
    document: Document
    operation: OperationDefinitionNode
    variables: Mapping[str, object]

    @property
    def name(self) -> str:
        """For logs and metrics: however long it is, its beginning tells it from others."""
        return self.operation.name.value[:LONGEST_NAME] if self.operation.name else "anonymous"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A planned subscription: `first` is the stream of one subgraph, whose events the others complete."""

    prepared: Prepared
    planned: Planned
    first: Fetch
    post: Post

    @property
    def subgraph(self) -> str:
        return self.first.subgraph

    def request(self) -> bytes:
        return request_body(self.first, self.prepared.request.variables)

    async def complete(self, event: JsonObject) -> JsonObject:
        """The client's answer to one response of the stream."""
        plan, request = self.planned.plan, self.prepared.request
        execution = Execution(plan, request.variables, request.headers, self.post, AnswerErrors(plan.readings))
        await execution.complete(self.first, event)
        return self.planned.answer(execution)


class Engine:
    def __init__(self, supergraph: Supergraph, settings: Settings, post: Post) -> None:
        self.schema = api_schema(supergraph)
        self._settings = settings
        self._full_schema = supergraph.schema
        self._post = post
        self._planner = Planner(supergraph)
        self._documents = Documents(self.schema, settings)
        self._introspection = Introspection(self.schema)
        self._costs: Cache[CostKey, int] = Cache(settings.cached_plans)
        self._plans: Cache[PlanKey, Planned] = Cache(settings.cached_plans)

    def prepare(self, request: Request) -> Prepared:
        """Raises `Refused` before anything is planned or fetched."""
        check_variables(request.variables, self._settings.max_variable_values)
        document = self._documents.read(request.query)
        operation = document.operation(request.operation_name)
        self._check_operation(operation, request)
        variables = self._variables(operation, request)
        self._check_cost(document, operation, variables)
        return Prepared(request, document, operation, variables)

    def _variables(self, operation: OperationDefinitionNode, request: Request) -> Mapping[str, object]:
        if not operation.variable_definitions:
            return {}
        values = get_variable_values(
            self.schema,
            operation.variable_definitions,
            request.variables,
            max_errors=MAX_VARIABLE_ERRORS,
            hide_suggestions=not self._settings.introspection,
        )
        if isinstance(values, list):
            raise invalid("BAD_USER_INPUT", values)
        return values.coerced

    @staticmethod
    def _check_operation(operation: OperationDefinitionNode, request: Request) -> None:
        if operation.operation is OperationType.SUBSCRIPTION and not request.subscriptions:
            message = "Subscribe by WebSocket (graphql-transport-ws), or accept text/event-stream."
            raise Refused("STREAM_NEEDED", message, 406)
        if operation.operation is OperationType.MUTATION and not request.mutations:
            message = "A mutation must be sent by POST."
            raise Refused("METHOD_NOT_ALLOWED", message, 405, well_formed=False)

    def _check_cost(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, object]
    ) -> None:
        sizes = tuple((name, value) for name, value in variables.items() if isinstance(value, int))
        key = (document.text, operation.name.value if operation.name else None, sizes)
        cost = self._costs.get(key)
        if cost is None:
            cost = ListCost(self.schema, document.node, variables).of(operation)
            self._costs.put(key, cost, weight=len(document.text))
        if cost > self._settings.max_list_cost:
            what = "The operation asks for too many values; ask for smaller pages"
            raise exceeded("LIST_COST_LIMIT", what, self._settings.max_list_cost, cost)

    def plan(self, prepared: Prepared) -> Planned:
        document, operation = prepared.document, prepared.operation
        conditions = {name: bool(prepared.variables.get(name)) for name in document.conditions}
        key = (document.text, operation.name.value if operation.name else None, tuple(conditions.values()))
        known = self._plans.get(key)
        if known is None:
            known = self._plan(document, operation, conditions)
            self._plans.put(key, known, weight=len(document.text))
        return known

    def _plan(self, document: Document, operation: OperationDefinitionNode, conditions: Mapping[str, bool]) -> Planned:
        with PLANS.time():
            try:
                plan = self._planner.plan(document.node, operation, conditions)
            except PlanTooComplex as error:
                raise Refused("PLAN_LIMIT", "The operation is too complex to be planned.") from error
            except Unreachable as error:
                raise Refused("UNREACHABLE_FIELD", f"No subgraph answers {error} here.", 500) from error
            return Planned(plan, compile_projection(self.schema, self._full_schema, plan.root, plan.readings))

    def subscription(self, prepared: Prepared) -> "Subscription":
        planned = self.plan(prepared)
        (first,) = planned.plan.stages[0].first
        return Subscription(prepared, planned, first, self._post)

    async def execute(self, prepared: Prepared) -> JsonObject:
        planned = self.plan(prepared)
        plan, request = planned.plan, prepared.request
        errors = AnswerErrors(plan.readings)
        execution = Execution(plan, request.variables, request.headers, self._post, errors)
        if plan.introspection:
            execution.data.update(self._introspect(prepared, plan))
        await execution.run()
        answer = planned.answer(execution)
        if request.explain:
            answer["extensions"] = {"plan": plan.text(), "requests": execution.fetches}
        return answer

    def _introspect(self, prepared: Prepared, plan: Plan) -> JsonObject:
        document, variables = prepared.document, prepared.request.variables
        return self._introspection.answer(
            document.text, document.node, prepared.operation, plan.introspection, variables
        )
