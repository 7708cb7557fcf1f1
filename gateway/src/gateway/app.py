"""The ASGI application: routes, security headers, and one GraphQL request over HTTP."""

from importlib.resources import files

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.answering import Answering, fault
from gateway.calls import Call
from gateway.graph_file import GraphFile
from gateway.http import (
    Disconnected,
    Parameters,
    Receive,
    Scope,
    Send,
    encoded,
    get_parameters,
    post_parameters,
    read_body,
    send_answer,
    status_of,
    wants_page,
)
from gateway.jsontypes import JsonObject
from gateway.origins import Origins, page_policy
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.subscriptions.running import Subscriptions
from gateway.subscriptions.server_sent import ServerSent, wants_stream
from gateway.subscriptions.upstream import Upstream
from gateway.subscriptions.websocket import WebSockets
from gateway.tracing import request_span

Answered = tuple[int, JsonObject] | ServerSent


class Gateway:
    def __init__(self, graph: GraphFile, settings: Settings) -> None:
        self._graph = graph
        self._settings = settings
        self._answering = Answering(graph, settings)
        self._origins = Origins(settings.allowed_origins)
        self._subscriptions = Subscriptions(Upstream(graph.transport, settings), settings)
        self._sockets = WebSockets(self._answering, self._subscriptions, self._origins, settings)
        self._page = files("gateway").joinpath("explorer.html").read_bytes()
        self._page_headers = {"content-security-policy": page_policy(self._page)}
        self._vary = ", ".join(("accept", "origin", *settings.forwarded_headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._route(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._sockets.serve(scope, receive, send)

    async def stop(self) -> None:
        """From now on `/readyz` says no and nobody subscribes; whoever holds a subscription is told to come again."""
        await self._subscriptions.stop()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._graph.serving():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/graphql":
            await self._graphql(scope, receive, send)
        elif method not in ("GET", "HEAD"):
            await send_answer(send, 405, b"Method Not Allowed", "text/plain", {"allow": "GET"})
        elif path == "/healthz":
            await send_answer(send, 200, b'{"status":"ok"}', "application/json")
        elif path == "/readyz":
            await send_answer(send, *await self._readiness(), "application/json")
        elif path == "/metrics":
            await send_answer(send, 200, generate_latest(), CONTENT_TYPE_LATEST)
        elif path == "/":
            await send_answer(send, 307, b"", "text/plain", {"location": "/graphql"})
        else:
            await send_answer(send, 404, b"Not Found", "text/plain")

    async def _readiness(self) -> tuple[int, bytes]:
        """Without the issuer's keys nobody gets in. Subgraphs that fail are told of, and no reason to leave."""
        keys = await self._answering.has_keys()
        status = "stopping" if self._subscriptions.stopping else "ready" if keys else "keys-unavailable"
        body = {"status": status, "open_circuits": self._graph.transport.open_circuits()}
        return (200 if status == "ready" else 503), orjson.dumps(body)

    async def _graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call.of(scope)
        method = scope["method"]
        if method == "GET" and self._settings.explorer and not scope["query_string"] and wants_page(call.headers):
            await send_answer(send, 200, self._page, "text/html; charset=utf-8", self._page_headers)
            return
        if method == "OPTIONS":
            await send_answer(send, 204, b"", None, self._origins.preflight(call.headers))
            return
        with request_span(call.headers):
            try:
                answered = await self._answer(call, scope, receive)
            except Disconnected:
                return
        if isinstance(answered, ServerSent):
            await answered.send(receive, send, self._headers(call))
            return
        status, body = answered
        headers = self._headers(call)
        if status == 405:
            headers["allow"] = "POST" if method == "GET" else "GET, POST"
        await send_answer(send, status, encoded(body), f"{call.media}; charset=utf-8", headers)

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {"x-correlation-id": call.correlation_id, "vary": "accept, origin"}
        if call.cache_control:
            headers |= {"cache-control": call.cache_control, "vary": self._vary}
        if call.retry_after is not None:
            headers["retry-after"] = str(call.retry_after)
        headers.update(self._origins.allowing(call.headers))
        return headers

    async def _answer(self, call: Call, scope: Scope, receive: Receive) -> Answered:
        try:
            answered = await self._execute(call, scope, receive)
            if isinstance(answered, ServerSent):
                return answered
            status, body = 200, answered
        except Refused as refused:
            status, body = status_of(refused, call.media), {"errors": list(refused.as_errors())}
            call.retry_after = refused.retry_after
        except Disconnected:
            raise
        except Exception:
            status, body = 500, fault(call)
        self._answering.record(call, status, body)
        return status, body

    async def _execute(self, call: Call, scope: Scope, receive: Receive) -> JsonObject | ServerSent:
        self._origins.check(call.headers)
        await self._answering.admit(call, call.headers.get("authorization"))
        self._answering.count(call)
        parameters = await self._parameters(call, scope, receive)
        streams = wants_stream(call.headers)
        engine, prepared = self._answering.prepare(
            call, parameters, mutations=scope["method"] == "POST", subscriptions=streams
        )
        if streams:
            return ServerSent(call, engine, prepared, self._answering, self._subscriptions)
        return await self._answering.execute(call, engine, prepared)

    async def _parameters(self, call: Call, scope: Scope, receive: Receive) -> Parameters:
        if scope["method"] == "GET":
            return get_parameters(scope["query_string"])
        if scope["method"] == "POST":
            body = await read_body(receive, call.headers, self._settings)
            return post_parameters(call.headers, body)
        raise Refused("METHOD_NOT_ALLOWED", "Send GraphQL by GET or POST.", 405, well_formed=False)
