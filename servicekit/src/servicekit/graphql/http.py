"""GraphQL over HTTP for one service: POST of JSON, by the gateway or by anybody who holds a token."""

import re
import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from opentelemetry import propagate, trace
from prometheus_client import Histogram
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from servicekit.domain import new_id
from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.schema import Subgraph
from servicekit.security import ANONYMOUS, Principal, TokenRefused, TokenVerifier

log = structlog.get_logger()
tracer = trace.get_tracer("servicekit.graphql")

SECONDS = Histogram(
    "huijia_graphql_seconds",
    "Time to answer a GraphQL request",
    ["service", "outcome"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
PLAIN = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"

ContextFactory = Callable[[Principal, Language, str], Context]


class HttpProblem(Exception):
    """A request that is no GraphQL request; `code` and the texts tell the client why."""

    def __init__(self, status: int, code: str, zh: str, en: str, next_zh: str, next_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.texts = {"zh": (zh, next_zh), "en": (en, next_en)}


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
    ) -> None:
        self._service = service
        self._subgraph = subgraph
        self._verifier = verifier
        self._context = context
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language = language_of(headers.get("accept-language"))
        correlation_id = correlation_id_of(headers.get("x-correlation-id"))
        started = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(correlation_id=correlation_id),
            tracer.start_as_current_span(
                "graphql", context=propagate.extract(dict(headers)), kind=trace.SpanKind.SERVER
            ),
        ):
            status, answer = await self._answer(headers, receive, language, correlation_id)
        outcome = "refused" if status != 200 else "errors" if "errors" in answer else "ok"
        SECONDS.labels(self._service, outcome).observe(time.perf_counter() - started)
        content_type = GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in headers.get("accept", "") else PLAIN
        response = Response(orjson.dumps(answer), status, {"x-correlation-id": correlation_id}, media_type=content_type)
        await response(scope, receive, send)

    async def _answer(
        self, headers: Headers, receive: Receive, language: Language, correlation_id: str
    ) -> tuple[int, dict[str, Any]]:
        try:
            principal = await self._principal(headers.get("authorization"))
            request = parse_request(headers, await read_body(headers, receive, self._max_body_bytes))
        except TokenRefused as refused:
            log.info("token.refused", code=refused.code, reason=refused.reason)
            return 401, _error(refused.code, refused.message(language), refused.next_step(language))
        except HttpProblem as problem:
            return problem.status, _error(problem.code, *problem.texts[language])
        context = self._context(principal, language, correlation_id)
        answer = await self._subgraph.execute(
            request["query"],
            context=context,
            variables=request.get("variables"),
            operation_name=request.get("operationName"),
        )
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


def language_of(accept_language: str | None) -> Language:
    """The preferred of Chinese and English; Chinese when neither is asked for."""
    best: tuple[float, Language] = (0.0, "zh")
    for choice in (accept_language or "")[:200].split(","):
        name, _, quality = choice.strip().partition(";q=")
        weight = _quality(quality)
        for language in ("zh", "en"):
            if name.lower().split("-")[0] == language and weight > best[0]:
                best = (weight, language)
    return best[1]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def correlation_id_of(header: str | None) -> str:
    """The caller's correlation id when it is a harmless one, else a new one."""
    return header if header and CORRELATION_ID.fullmatch(header) else new_id()


async def read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises HttpProblem over `limit` bytes or when the client went away."""
    if int(headers.get("content-length") or 0) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise _bad_request("连接已断开", "the client disconnected")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(chunks)


def parse_request(headers: Headers, body: bytes) -> dict[str, Any]:
    """The request object: `query` text, `variables` object or None, `operationName` text or None."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != PLAIN:
        raise HttpProblem(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "请求体须为 application/json。",
            "The body must be application/json.",
            "请设置 Content-Type: application/json。",
            "Set Content-Type: application/json.",
        )
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _bad_request("请求体不是有效的 JSON", "the body is not valid JSON") from None
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        raise _bad_request("缺少字符串 query", "`query` must be a string")
    if not isinstance(request.get("variables"), (dict, type(None))):
        raise _bad_request("variables 须为对象", "`variables` must be an object")
    if not isinstance(request.get("operationName"), (str, type(None))):
        raise _bad_request("operationName 须为字符串", "`operationName` must be a string")
    return request


def _bad_request(zh: str, en: str) -> HttpProblem:
    return HttpProblem(
        400,
        "BAD_REQUEST",
        f"请求无效:{zh}。",
        f"Bad request: {en}.",
        '请发送 {"query": "...", "variables": {...}}。',
        'Send {"query": "...", "variables": {...}}.',
    )


def _too_large(limit: int) -> HttpProblem:
    return HttpProblem(
        413,
        "BODY_TOO_LARGE",
        f"请求体超过 {limit} 字节。",
        f"The body is over {limit} bytes.",
        "请分批提交。",
        "Send it in several requests.",
    )


def _error(code: str, message: str, next_step: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, "nextStep": next_step}}]}
