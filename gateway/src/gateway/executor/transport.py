"""HTTP to the subgraphs: one connection pool, a timeout and a breaker for each, one retry of what may be retried."""

from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp

from gateway.cache_control import add_hint
from gateway.executor.breaker import Breaker
from gateway.executor.errors import SubrequestError
from gateway.executor.http1 import Pool, TooLarge
from gateway.executor.sharing import Sharing
from gateway.jsontext import parsed
from gateway.jsontypes import JsonObject
from gateway.metrics import CIRCUITS, SHARED, SUBREQUESTS
from gateway.settings import Settings

UNAVAILABLE = frozenset((502, 503, 504))
CONTENT_HEADERS = (
    "content-type: application/json\r\naccept: application/graphql-response+json, application/json;q=0.9\r\n"
)

OF_ONE_REQUEST = frozenset(("x-correlation-id", "traceparent", "tracestate"))
FetchKey = tuple[str, bytes, frozenset[tuple[str, str]]]


class Answer(NamedTuple):
    status: int
    content: bytes
    cache_control: str | None


class _Unavailable(Exception):
    """The request was surely not answered: it may be sent once more if it changes nothing."""


class Transport:
    """Use as an async context manager; `post` answers the GraphQL response object or raises `SubrequestError`."""

    def __init__(self, urls: Mapping[str, str], settings: Settings) -> None:
        self._settings = settings
        self._urls: dict[str, str] = {}
        self._pools: dict[str, Pool] = {}
        self._breakers: dict[str, Breaker] = {}
        self._sharing: Sharing[FetchKey, Answer] = Sharing()
        self._session: aiohttp.ClientSession | None = None
        for subgraph, url in urls.items():
            self.know(subgraph, url)

    def know(self, subgraph: str, url: str) -> None:
        """Where a subgraph is; for one that is known already, where it is from now on."""
        settings = self._settings
        if self._urls.get(subgraph) != url:
            self._urls[subgraph] = url
            if (before := self._pools.get(subgraph)) is not None:
                before.close()
            self._pools[subgraph] = Pool(
                url,
                limit=settings.connections_per_subgraph,
                connect_seconds=settings.connect_timeout_seconds,
                most_bytes=settings.max_subgraph_answer_bytes,
            )
        self._breakers.setdefault(subgraph, Breaker(settings.breaker_failures, settings.breaker_pause_seconds))

    def open_circuits(self) -> list[str]:
        return [subgraph for subgraph, breaker in self._breakers.items() if breaker.is_open]

    def url_of(self, subgraph: str) -> str:
        return self._urls[subgraph]

    @property
    def session(self) -> aiohttp.ClientSession:
        """For streams, which are few and live long."""
        assert self._session is not None
        return self._session

    async def __aenter__(self) -> Self:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_redirect.append(_refuse_redirect)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=[tracing],
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            pool.close()
        if self._session is not None:
            await self._session.close()

    async def post(self, subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool) -> JsonObject:
        """`repeatable` requests change nothing: identical ones of one principal share one subgraph request."""
        if repeatable and self._settings.shared_fetches:
            answer = await self._shared(subgraph, body, headers)
        else:
            answer = await self._answered(subgraph, body, headers, 2 if repeatable else 1)
        add_hint(answer.cache_control)
        return self._graphql(subgraph, answer)

    async def _shared(self, subgraph: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Whatever tells callers apart, the token first of all, is part of the key."""
        identity = frozenset((name, value) for name, value in headers.items() if name not in OF_ONE_REQUEST)
        key = (subgraph, body, identity)
        if self._sharing.is_flying(key):
            SHARED.labels(subgraph).inc()
        return await self._sharing.share(key, lambda: self._answered(subgraph, body, headers, 2))

    async def _answered(self, subgraph: str, body: bytes, headers: Mapping[str, str], attempts: int) -> Answer:
        if not self._breakers[subgraph].allows():
            raise SubrequestError("SUBREQUEST_REFUSED", f"The subgraph {subgraph} failed repeatedly and is left alone.")
        with SUBREQUESTS.labels(subgraph).time():
            try:
                answer = await self._attempts(subgraph, body, headers, attempts)
            except SubrequestError as error:
                # Who asks for too much must not close the subgraph, which answers, to all others.
                self._heed(subgraph, failed=error.code != "SUBREQUEST_TOO_LARGE")
                raise
            finally:
                if attempts == 1:
                    self._sharing.forget()
        self._heed(subgraph, failed=False)
        return answer

    def _heed(self, subgraph: str, *, failed: bool) -> None:
        breaker = self._breakers[subgraph]
        if failed:
            breaker.failed()
            CIRCUITS.labels(subgraph).set(breaker.is_open)
        elif breaker.succeeded():
            CIRCUITS.labels(subgraph).set(0)

    async def _attempts(self, subgraph: str, body: bytes, headers: Mapping[str, str], attempts: int) -> Answer:
        for remaining in reversed(range(attempts)):
            try:
                return await self._send(subgraph, body, headers)
            except _Unavailable as error:
                if not remaining:
                    raise SubrequestError("SUBREQUEST_FAILED", f"The subgraph {subgraph} can't be reached.") from error
        raise AssertionError("at least one attempt is made")

    async def _send(self, subgraph: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        own = self._settings.subgraph_headers.get(subgraph)
        try:
            response = await self._pools[subgraph].post(
                _head({**headers, **own} if own else headers), body, self._settings.timeout_of(subgraph)
            )
        except TimeoutError as error:
            raise SubrequestError("SUBREQUEST_TIMEOUT", f"The subgraph {subgraph} didn't answer in time.") from error
        except TooLarge as error:
            limit = self._settings.max_subgraph_answer_bytes
            message = f"The subgraph {subgraph} answered with more than {limit} bytes."
            raise SubrequestError("SUBREQUEST_TOO_LARGE", message) from error
        except OSError as error:
            raise _Unavailable from error
        if response.status in UNAVAILABLE:
            raise _Unavailable
        cache_control = response.headers.get(b"cache-control")
        return Answer(response.status, response.content, cache_control.decode("latin-1") if cache_control else None)

    @staticmethod
    def _graphql(subgraph: str, answer: Answer) -> JsonObject:
        status, content, _ = answer
        try:
            found = parsed(content)
        except ValueError:
            found = None
        if isinstance(found, dict) and ("data" in found or found.get("errors")):
            return found
        raise SubrequestError(
            "SUBREQUEST_MALFORMED", f"The subgraph {subgraph} answered {status} without a GraphQL result."
        )


async def _refuse_redirect(*_: object) -> None:
    """Headers may hold secrets for this one subgraph."""
    raise aiohttp.ClientError("a subgraph may not send us elsewhere")


def _head(headers: Mapping[str, str]) -> bytes:
    """Values come from a parser of HTTP or from settings, so no line can end within one; it is made sure of anyway."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if head.count("\n") != len(headers) or head.count("\r") != len(headers):
        raise ValueError("a header has a line break")
    return f"{CONTENT_HEADERS}{head}".encode("latin-1")
