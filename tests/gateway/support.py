"""An engine over the stub subgraphs, in one process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson
from gateway.engine import Engine, Prepared, Request
from gateway.executor.errors import SubrequestError
from gateway.jsontypes import Json, JsonObject
from gateway.settings import Settings
from gateway.supergraph import read_supergraph

from tests.gateway.stub import FIXTURES, Monolith, Subgraph, subgraphs
from tests.gateway.world import World

SUPERGRAPH = read_supergraph((FIXTURES / "supergraph.graphql").read_text())
Break = Callable[[JsonObject], JsonObject]


@dataclass
class House:
    """`broken` replaces a subgraph's answer; a raised SubrequestError stands for a request that failed."""

    settings: Settings = field(default_factory=Settings)
    broken: dict[str, Break] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World()
        self.subgraphs: dict[str, Subgraph] = subgraphs(self.world)
        self.engine = Engine(SUPERGRAPH, self.settings, self._post)
        self.headers: list[Mapping[str, str]] = []

    @property
    def requests(self) -> list[tuple[str, JsonObject]]:
        return [(name, request) for name, s in self.subgraphs.items() for request in s.requests]

    def calls(self) -> dict[str, int]:
        return {name: len(s.requests) for name, s in self.subgraphs.items() if s.requests}

    async def _post(self, subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool) -> JsonObject:
        request: JsonObject = orjson.loads(body)
        self.headers.append(headers)
        answer = self.subgraphs[subgraph].answer(request)
        answer = orjson.loads(orjson.dumps(answer))
        return self.broken[subgraph](answer) if subgraph in self.broken else answer

    def prepare(self, query: str, variables: JsonObject | None = None, operation: str | None = None) -> Prepared:
        return self.engine.prepare(Request(query, operation, variables or {}, {}))

    def plan(self, query: str, variables: JsonObject | None = None) -> str:
        return self.engine.plan(self.prepare(query, variables)).plan.text()

    async def ask(self, query: str, variables: JsonObject | None = None, operation: str | None = None) -> JsonObject:
        return await self.engine.execute(self.prepare(query, variables, operation))

    async def data(self, query: str, variables: JsonObject | None = None) -> Json:
        answer = await self.ask(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def monolith(self) -> Monolith:
        return Monolith(self.engine.schema, World())


def fail(code: str = "SUBREQUEST_FAILED") -> Break:
    def broken(_answer: JsonObject) -> JsonObject:
        raise SubrequestError(code, "The subgraph can't be reached.")

    return broken
