"""The ASGI application: routes, authentication, one log line and the metrics of each request."""

import asyncio
import re
from dataclasses import dataclass
from importlib.resources import files
from time import perf_counter
from uuid import uuid4

import orjson
import structlog
from graphql import OperationType
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from servicekit.language import language_of
from servicekit.security.principal import Principal

from gateway.auth import Authentication
from gateway.cache_control import NO_STORE, collected_hints
from gateway.engine import Request
from gateway.graph_file import GraphFile
from gateway.http import (
    Disconnected,
    Parameters,
    Receive,
    Scope,
    Send,
    get_parameters,
    headers_of,
    media_type,
    post_parameters,
    read_body,
    status_of,
    wants_page,
)
from gateway.jsontypes import JsonObject
from gateway.metrics import DURATIONS, ERRORS, REQUESTS, BoundedNames
from gateway.persisted import PersistedQueries
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.tracing import PROPAGATED, request_span
from gateway.trusted import TrustedDocuments, TrustError, read_trusted

log = structlog.get_logger("gateway")

EXPLAIN = "explain"
CORRELATION_ID = re.compile(r"[\w.:-]{1,64}")


@dataclass(slots=True)
class Call:
    """One HTTP request on its way through the gateway."""

    headers: dict[str, str]
    correlation_id: str
    started: float
    operation: str = "unknown"
    cache_control: str | None = None

    @property
    def media(self) -> str:
        return media_type(self.headers.get("accept"))


class Gateway:
    def __init__(self, graph: GraphFile, settings: Settings) -> None:
        self._graph = graph
        self._settings = settings
        self._authentication = Authentication(settings)
        self._names = BoundedNames()
        self._codes = BoundedNames()
        self._persisted = PersistedQueries(settings.persisted_queries)
        self._trusted = _trusted(settings)
        self._page = files("gateway").joinpath("graphiql.html").read_bytes()
        self._vary = ", ".join(("accept", *settings.forwarded_headers))
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._route(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._graph.serving():
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._stopping = True
        await send({"type": "lifespan.shutdown.complete"})

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/graphql":
            await self._graphql(scope, receive, send)
        elif method not in ("GET", "HEAD"):
            await _send(send, 405, b"Method Not Allowed", "text/plain", {"allow": "GET"})
        elif path == "/healthz":
            await _send(send, 200, b'{"status":"ok"}', "application/json")
        elif path == "/readyz":
            ready = (503, b'{"status":"stopping"}') if self._stopping else (200, b'{"status":"ready"}')
            await _send(send, *ready, "application/json")
        elif path == "/metrics":
            await _send(send, 200, generate_latest(), CONTENT_TYPE_LATEST)
        elif path == "/":
            await _send(send, 307, b"", "text/plain", {"location": "/graphql"})
        else:
            await _send(send, 404, b"Not Found", "text/plain")

    async def _graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        method = scope["method"]
        if method == "GET" and self._settings.graphiql and not scope["query_string"] and wants_page(headers):
            await _send(send, 200, self._page, "text/html; charset=utf-8")
            return
        call = Call(headers, _correlation_id(headers), perf_counter())
        with request_span(headers):
            try:
                status, body = await self._answer(call, scope, receive)
            except Disconnected:
                return
        extra = {"x-correlation-id": call.correlation_id, "vary": "accept"}
        if call.cache_control:
            extra |= {"cache-control": call.cache_control, "vary": self._vary}
        if status == 405:
            extra["allow"] = "POST" if method == "GET" else "GET, POST"
        await _send(send, status, orjson.dumps(body), f"{call.media}; charset=utf-8", extra)

    async def _answer(self, call: Call, scope: Scope, receive: Receive) -> tuple[int, JsonObject]:
        try:
            status, body = 200, await self._execute(call, scope, receive)
        except Refused as refused:
            status, body = status_of(refused, call.media), {"errors": list(refused.as_errors())}
        except Disconnected:
            raise
        except Exception:
            log.exception("request.fault", correlation_id=call.correlation_id, operation=call.operation)
            fault: JsonObject = {"code": "INTERNAL", "correlationId": call.correlation_id}
            status, body = 500, {"errors": [{"message": "内部错误 / Internal error", "extensions": fault}]}
        self._record(call, status, body)
        return status, body

    async def _execute(self, call: Call, scope: Scope, receive: Receive) -> JsonObject:
        language = language_of(call.headers.get("accept-language"))
        parameters = await self._parameters(call, scope, receive)
        principal = await self._authentication.principal(call.headers.get("authorization"), language)
        request = Request(
            self._text(parameters),
            parameters.operation_name,
            parameters.variables,
            self._forwarded(call),
            mutations=scope["method"] == "POST",
            explain=self._explains(call, principal),
        )
        engine = self._graph.engine
        prepared = engine.prepare(request)
        call.operation = prepared.name
        try:
            async with asyncio.timeout(self._settings.request_timeout_seconds):
                with collected_hints() as hints:
                    answer = await engine.execute(prepared)
        except TimeoutError:
            raise Refused("REQUEST_TIMEOUT", "The operation took too long.", 504, well_formed=False) from None
        if prepared.operation.operation is OperationType.QUERY and (hint := hints.combined()):
            call.cache_control = NO_STORE if "errors" in answer else hint
        return answer

    def _forwarded(self, call: Call) -> dict[str, str]:
        names = (*self._settings.forwarded_headers, *PROPAGATED)
        headers = {name: call.headers[name] for name in names if name in call.headers}
        headers["x-correlation-id"] = call.correlation_id
        return headers

    def _text(self, parameters: Parameters) -> str:
        if parameters.document_id is not None:
            return self._trusted.by_id(parameters.document_id)
        text = self._persisted.text(parameters.query, parameters.extensions)
        self._trusted.check(text)
        return text

    def _explains(self, call: Call, principal: Principal) -> bool:
        """Plans tell of the house's inside: who may see them is a setting; a wish by others is refused."""
        if "x-explain" not in call.headers:
            return False
        allowed = self._settings.explain
        permitted = not self._authentication.checks or any(EXPLAIN in grant.permissions for grant in principal.grants)
        if allowed == "everybody" or (allowed == "permitted" and permitted):
            return True
        raise Refused("EXPLAIN_NOT_ALLOWED", "Plans are not shown to you. / 您无权查看查询计划。", 403)

    async def _parameters(self, call: Call, scope: Scope, receive: Receive) -> Parameters:
        if scope["method"] == "GET":
            return get_parameters(scope["query_string"])
        if scope["method"] == "POST":
            body = await read_body(receive, call.headers, self._settings)
            return post_parameters(call.headers.get("content-type", ""), body)
        raise Refused("METHOD_NOT_ALLOWED", "Send GraphQL by GET or POST.", 405, well_formed=False)

    def _record(self, call: Call, status: int, body: JsonObject) -> None:
        seconds = perf_counter() - call.started
        errors = body.get("errors")
        codes = [_code(error) for error in errors] if isinstance(errors, list) else []
        outcome = "refused" if "data" not in body else "partial" if codes else "answered"
        REQUESTS.labels(outcome).inc()
        DURATIONS.labels(self._names.label(call.operation)).observe(seconds)
        for code in codes:
            ERRORS.labels(self._codes.label(code)).inc()
        log.info(
            f"request.{outcome}",
            correlation_id=call.correlation_id,
            operation=call.operation,
            status=status,
            ms=round(seconds * 1000, 1),
            **({"codes": sorted(set(codes))} if codes else {}),
        )


def _trusted(settings: Settings) -> TrustedDocuments:
    if settings.trusted_documents is None:
        return TrustedDocuments({}, only=settings.trusted_only)
    if settings.trusted_documents_jwks is None:
        raise TrustError("HUIJIA_TRUSTED_DOCUMENTS needs HUIJIA_TRUSTED_DOCUMENTS_JWKS")
    documents = read_trusted(settings.trusted_documents, settings.trusted_documents_jwks)
    return TrustedDocuments(documents, only=settings.trusted_only)


def _code(error: object) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return str(extensions.get("code", "UNKNOWN")) if isinstance(extensions, dict) else "UNKNOWN"


def _correlation_id(headers: dict[str, str]) -> str:
    given = headers.get("x-correlation-id", "")
    return given if CORRELATION_ID.fullmatch(given) else uuid4().hex


async def _send(send: Send, status: int, body: bytes, content_type: str, extra: dict[str, str] | None = None) -> None:
    headers = {"content-type": content_type, "content-length": str(len(body)), **(extra or {})}
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
