"""Reading a GraphQL request from HTTP."""

import asyncio
import re
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Message, Receive

from servicekit.domain import new_id

CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
JSON = "application/json"
# Somebody who sends a byte a minute would hold a connection for ever.
BODY_SECONDS = 30.0


class HttpProblem(Exception):
    """A request that is no GraphQL request; `code` and the texts tell the client why."""

    def __init__(self, status: int, code: str, zh: str, en: str, next_zh: str, next_en: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.texts = {"zh": (zh, next_zh), "en": (en, next_en)}


def correlation_id_of(header: str | None) -> str:
    """The caller's correlation id when it is a harmless one, else a new one."""
    return header if header and CORRELATION_ID.fullmatch(header) else new_id()


async def read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises HttpProblem over `limit` bytes, when it takes too long, or when the client went away."""
    if int(headers.get("content-length") or 0) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _chunks(receive, limit)
    except TimeoutError:
        raise HttpProblem(
            408,
            "BODY_TIMEOUT",
            f"请求体未在 {BODY_SECONDS:g} 秒内到达。",
            f"The body did not arrive within {BODY_SECONDS:g} seconds.",
            "请检查网络后重试。",
            "Look at the connection and try again.",
        ) from None


async def _chunks(receive: Receive, limit: int) -> bytes:
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
    if headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
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
