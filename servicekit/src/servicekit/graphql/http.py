"""GraphQL over HTTP for one service: POST of JSON, by the gateway or by anybody who holds a token."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from opentelemetry import propagate, trace
from prometheus_client import Gauge, Histogram
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.http_request import (
    JSON,
    HttpProblem,
    correlation_id_of,
    parse_request,
    read_body,
)
from servicekit.graphql.schema import Subgraph
from servicekit.graphql.streaming import EVENT_STREAM, Streamed
from servicekit.language import language_of
from servicekit.security import ANONYMOUS, Principal, TokenRefused, TokenVerifier
from servicekit.security.keys import KeysUnavailableError

log = structlog.get_logger()
tracer = trace.get_tracer("servicekit.graphql")

SECONDS = Histogram(
    "huijia_graphql_seconds",
    "Time to answer a GraphQL request",
    ["service", "outcome"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
IN_FLIGHT = Gauge("huijia_graphql_in_flight", "GraphQL requests being answered", ["service"])
GRAPHQL_RESPONSE = "application/graphql-response+json"
KEYS_UNAVAILABLE: dict[Language, tuple[str, str]] = {
    "zh": ("暂时无法核验登录凭证。", "请稍后重试。"),
    "en": ("Tokens can't be verified at the moment.", "Try again in a moment."),
}

NOT_READY: dict[Language, tuple[str, str]] = {
    "zh": ("服务尚未就绪。", "请稍后重试;如持续如此,请管理员查看 /readyz 与日志。"),
    "en": (
        "The service is not ready.",
        "Try again in a moment; if it lasts, have an operator look at /readyz and the log.",
    ),
}

ContextFactory = Callable[[Principal, Language, str], Context]


class GraphQLRoute:
    """An ASGI application: `Route("/graphql", GraphQLRoute(...), methods=["POST"])`."""

    def __init__(
        self,
        service: str,
        subgraph: Subgraph,
        verifier: TokenVerifier,
        context: ContextFactory,
        *,
        max_body_bytes: int = 16 * 1024 * 1024,
        closed: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `closed`, every request is answered 503."""
        self._service = service
        self._subgraph = subgraph
        self._verifier = verifier
        self._context = context
        self._max_body_bytes = max_body_bytes
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language = language_of(headers.get("accept-language"))
        correlation_id = correlation_id_of(headers.get("x-correlation-id"))
        started = time.perf_counter()
        with (
            IN_FLIGHT.labels(self._service).track_inprogress(),
            structlog.contextvars.bound_contextvars(correlation_id=correlation_id),
            tracer.start_as_current_span(
                "graphql", context=propagate.extract(dict(headers)), kind=trace.SpanKind.SERVER
            ),
        ):
            status, answer = await self._answer(headers, receive, language, correlation_id)
        if isinstance(answer, Streamed):
            await answer.send(scope, receive, send, correlation_id)
            return
        outcome = "refused" if status != 200 else "errors" if "errors" in answer else "ok"
        SECONDS.labels(self._service, outcome).observe(time.perf_counter() - started)
        content_type = GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in headers.get("accept", "") else JSON
        response = Response(orjson.dumps(answer), status, {"x-correlation-id": correlation_id}, media_type=content_type)
        await response(scope, receive, send)

    async def _answer(
        self, headers: Headers, receive: Receive, language: Language, correlation_id: str
    ) -> tuple[int, dict[str, Any] | Streamed]:
        if self._closed():
            return 503, _error("NOT_READY", *NOT_READY[language])
        try:
            principal = await self._principal(headers.get("authorization"))
            request = parse_request(headers, await read_body(headers, receive, self._max_body_bytes))
        except TokenRefused as refused:
            log.info("token.refused", code=refused.code, reason=refused.reason)
            return 401, _error(refused.code, refused.message(language), refused.next_step(language))
        except KeysUnavailableError as unavailable:
            log.error("keys.unavailable", cause=str(unavailable))
            return 503, _error("KEYS_UNAVAILABLE", *KEYS_UNAVAILABLE[language])
        except HttpProblem as problem:
            return problem.status, _error(problem.code, *problem.texts[language])
        context = self._context(principal, language, correlation_id)
        run = self._subgraph.subscribe if EVENT_STREAM in headers.get("accept", "") else self._subgraph.execute
        answer = await run(
            request["query"],
            context=context,
            variables=request.get("variables"),
            operation_name=request.get("operationName"),
        )
        if not isinstance(answer, dict):
            return 200, Streamed(answer, context)
        await context.close()
        return 200, answer

    async def _principal(self, authorization: str | None) -> Principal:
        if authorization is None:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise HttpProblem(
                401,
                "TOKEN_INVALID",
                "Authorization 头须为 Bearer 凭证。",
                "The Authorization header must carry a Bearer token.",
                "请改为 Authorization: Bearer <凭证>。",
                "Send Authorization: Bearer <token>.",
            )
        return await self._verifier.verify(token.strip())


def _error(code: str, message: str, next_step: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, "nextStep": next_step}}]}
