"""Two subgraphs of another make: `news` streams arrivals by graphql-transport-ws (strawberry's own server) or SSE,
`people` knows who arrived. The test feeds the arrivals."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from strawberry.asgi import GraphQL

from tests.load.gateway_stubs import JOIN

FACTS = """
enum join__Graph {
  NEWS @join__graph(name: "news", url: "http://127.0.0.1:PORT/news")
  PEOPLE @join__graph(name: "people", url: "http://127.0.0.1:PORT/people")
}

type Query @join__type(graph: NEWS) @join__type(graph: PEOPLE) {
  hello: String @join__field(graph: NEWS)
  person(id: ID!): Person @join__field(graph: PEOPLE)
}

type Subscription @join__type(graph: NEWS) {
  arrived(place: String!): Arrival @join__field(graph: NEWS)
}

type Arrival @join__type(graph: NEWS) {
  number: Int!
  text: String
  person: Person!
}

type Person @join__type(graph: NEWS, key: "id") @join__type(graph: PEOPLE, key: "id") {
  id: ID!
  name: String @join__field(graph: PEOPLE)
}
"""


def supergraph(port: int) -> str:
    schema = JOIN.replace("query: Query", "query: Query\n  subscription: Subscription")
    return (schema + FACTS).replace("PORT", str(port))


class Feed:
    """What is put in reaches whoever streams; `break` breaks a stream off, `end` completes it."""

    def __init__(self) -> None:
        self.open: list[asyncio.Queue[Any]] = []
        self.taken = 0
        self.headers: list[dict[str, str]] = []

    def put(self, item: Any) -> None:
        for queue in self.open:
            queue.put_nowait(item)

    async def arrivals(self) -> AsyncIterator[dict[str, Any]]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        self.open.append(queue)
        try:
            while (item := await queue.get()) != "end":
                if item == "break":
                    raise ConnectionResetError
                self.taken += 1
                yield item
        finally:
            self.open.remove(queue)


FEED = Feed()


@strawberry.federation.type(keys=["id"])
class Person:
    id: strawberry.ID


@strawberry.type
class Arrival:
    number: int
    text: str | None
    person: Person


@strawberry.type
class Query:
    hello: str = "hello"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def arrived(self, info: strawberry.Info, place: str) -> AsyncIterator[Arrival]:
        FEED.headers.append(dict(info.context["request"].headers))
        async for item in FEED.arrivals():
            yield Arrival(number=item["number"], text=item.get("text"), person=Person(id=strawberry.ID(item["person"])))


async def stream(request: Request) -> Response:
    FEED.headers.append(dict(request.headers))
    asked = await request.json()
    if "arrived" not in asked["query"]:
        return JSONResponse({"data": {"hello": "hello"}})
    if asked["variables"]["p"] == "nowhere":
        return JSONResponse({"errors": [{"message": "not there", "extensions": {"code": "FORBIDDEN"}}]})
    return StreamingResponse(_events(), media_type="text/event-stream")


async def _events() -> AsyncIterator[bytes]:
    yield b":\n\n"
    async for item in FEED.arrivals():
        if isinstance(item, bytes):
            yield item
            continue
        person = {"__typename": "Person", "id": item["person"]}
        arrival = {"number": item["number"], "text": item.get("text"), "person": person}
        yield b"event: next\ndata: " + json.dumps({"data": {"arrived": arrival}}).encode() + b"\n\n"
    yield b"event: complete\ndata:\n\n"


async def people(request: Request) -> Response:
    FEED.headers.append(dict(request.headers))
    asked = (await request.json())["variables"]["representations"]
    return JSONResponse({"data": {"_entities": [{"name": f"Name of {one['id']}"} for one in asked]}})


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """The port of both subgraphs."""
    socket_app = GraphQL[Any, Any](strawberry.federation.Schema(query=Query, subscription=Subscription))
    app = Starlette(routes=[Route("/news", stream, methods=["POST"]), Route("/people", people, methods=["POST"])])
    app.mount("/socket", socket_app)
    # With the protocol named: asyncio lets no small packet wait (TCP_NODELAY) on sockets that say they are TCP.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[assignment]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        FEED.put("end")
        server.should_exit = True
        await running
