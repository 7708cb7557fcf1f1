"""GraphQL over HTTP: reading requests, choosing media types and statuses."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from gateway.jsontext import TooDeep, parsed, written
from gateway.jsontypes import JsonObject
from gateway.refusals import Refused, exceeded
from gateway.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NO_HEADERS: Mapping[str, str] = {}
RESPONSE_TYPE = "application/graphql-response+json"
LEGACY_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one GraphQL request."""

    query: str | None
    operation_name: str | None
    variables: JsonObject
    extensions: JsonObject
    document_id: str | None = None


def headers_of(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def media_type(accept: str | None) -> str:
    """What the client can read; without a wish the media type that every client knows."""
    return RESPONSE_TYPE if accept and RESPONSE_TYPE in accept else LEGACY_TYPE


def status_of(refused: Refused, media: str) -> int:
    """Clients of application/json learn of errors in the body: for them 200 says that a GraphQL answer is there."""
    return 200 if refused.well_formed and media == LEGACY_TYPE else refused.status


def wants_page(headers: dict[str, str]) -> bool:
    accept = headers.get("accept", "")
    return "text/html" in accept and "json" not in accept.split("text/html")[0]


async def read_body(receive: Receive, headers: dict[str, str], settings: Settings) -> bytes:
    limit = settings.max_body_bytes
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit, int(declared))
    try:
        async with asyncio.timeout(settings.body_timeout_seconds):
            return await _chunks(receive, limit)
    except TimeoutError:
        raise Refused("BODY_TIMEOUT", "The body didn't arrive in time.", 408, well_formed=False) from None


async def _chunks(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit, size)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Disconnected(Exception):
    """The client went away before its request was complete."""


def _too_large(limit: int, actual: int) -> Refused:
    refused = exceeded("BODY_LIMIT", "The body has too many bytes", limit, actual, 413)
    refused.well_formed = False
    return refused


def post_parameters(headers: Mapping[str, str], body: bytes) -> Parameters:
    """Only JSON is accepted: a form of another site can't send it without asking first (CSRF)."""
    kind, _, options = headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json":
        raise _not_read("Send application/json. / 请发送 application/json。")
    if "charset=" in options.lower() and "utf-8" not in options.lower():
        raise _not_read("Send the JSON in UTF-8. / 请使用 UTF-8 编码。")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _not_read("Send the JSON uncompressed. / 请勿压缩请求。")
    try:
        found = parsed(body)
    except ValueError as error:
        raise _bad("The body is not JSON.") from error
    if isinstance(found, list):
        raise Refused("BATCHING_NOT_SUPPORTED", "Send one operation a request.", 400, well_formed=False)
    if not isinstance(found, dict):
        raise _bad("The body must be a JSON object.")
    return parameters_of(found)


def get_parameters(query_string: bytes) -> Parameters:
    given = {name: values[-1] for name, values in parse_qs(query_string.decode("latin-1")).items()}
    found: JsonObject = dict(given.items())
    for name in ("variables", "extensions"):
        if name in given:
            try:
                found[name] = parsed(given[name].encode())
            except ValueError as error:
                raise _bad(f"`{name}` is not JSON.") from error
    return parameters_of(found)


def parameters_of(found: JsonObject) -> Parameters:
    """Raises `Refused` for what is no GraphQL request."""
    query, name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    document_id = found.get("documentId")
    if document_id is not None and not isinstance(document_id, str):
        raise _bad("`documentId` must be a string.")
    if not isinstance(query, str) and not (query is None and (extensions or document_id)):
        raise _bad("`query` must be a string with a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise _bad("`operationName` must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise _bad("`variables` must be an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise _bad("`extensions` must be an object.")
    return Parameters(query or None, name or None, variables or {}, extensions or {}, document_id)


def _not_read(message: str) -> Refused:
    return Refused("UNSUPPORTED_MEDIA_TYPE", message, 415, well_formed=False)


def _bad(message: str) -> Refused:
    return Refused("BAD_REQUEST", message, 400, well_formed=False)


def encoded(answer: JsonObject) -> bytes:
    """JSON. A custom scalar may be nested deeper than can be written: then nothing of the answer is told."""
    try:
        return written(answer)
    except TooDeep:
        message = "The answer is nested too deeply to be written."
        told: JsonObject = {"errors": [{"message": message, "extensions": {"code": "UNFIT_VALUE"}}], "data": None}
        return written({**answer, "payload": told} if "payload" in answer else told)


SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


def encoded_headers(content_type: str | None, extra: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """With what keeps browsers from guessing types, framing pages and loading anything from elsewhere."""
    kind = {"content-type": content_type} if content_type else {}
    headers = {**kind, **SECURITY_HEADERS, **extra}
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def send_answer(
    send: Send, status: int, body: bytes, content_type: str | None, extra: Mapping[str, str] = NO_HEADERS
) -> None:
    headers = encoded_headers(content_type, extra)
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
