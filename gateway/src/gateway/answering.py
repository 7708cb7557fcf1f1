"""From a call to its answer, whatever way it came: who asks, how often, which document, what is told of it."""

import asyncio
from collections.abc import Mapping
from time import perf_counter

import structlog
from graphql import OperationType
from servicekit.security.principal import Principal

from gateway.auth import Authentication
from gateway.cache_control import NO_STORE, collected_hints
from gateway.calls import Call
from gateway.engine import Engine, Prepared, Request
from gateway.graph_file import GraphFile
from gateway.http import Parameters
from gateway.jsontypes import JsonObject
from gateway.metrics import DURATIONS, ERRORS, REQUESTS, BoundedNames
from gateway.persisted import PersistedQueries
from gateway.rates import RateLimits
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.tracing import PROPAGATED
from gateway.trusted import TrustedDocuments, configured_documents

log = structlog.get_logger("gateway")

EXPLAIN = "explain"


class Answering:
    def __init__(self, graph: GraphFile, settings: Settings) -> None:
        self._graph = graph
        self._settings = settings
        self._authentication = Authentication(settings)
        self._rates = RateLimits(settings) if self._authentication.checks else None
        self._persisted = PersistedQueries(settings.persisted_queries)
        self._trusted: TrustedDocuments = configured_documents(settings)
        self._names = BoundedNames()
        self._codes = BoundedNames()

    async def admit(self, call: Call, authorization: str | None) -> None:
        """Sets the call's principal. Raises `Refused` for a bad token."""
        call.principal = await self._authentication.principal(authorization, call.language)

    async def has_keys(self) -> bool:
        """Whether tokens can be checked, as far as they have to be."""
        return await self._authentication.has_keys()

    def count(self, call: Call) -> None:
        """Raises `Refused` (429) for who asks too often. Without an issuer nobody is counted."""
        if self._rates is not None:
            self._rates.take(call)

    def prepare(
        self, call: Call, parameters: Parameters, *, mutations: bool = True, subscriptions: bool = False
    ) -> tuple[Engine, Prepared]:
        """The engine that is in service now, and the operation as it will run it. Raises `Refused`."""
        request = Request(
            self._text(parameters),
            parameters.operation_name,
            parameters.variables,
            self.forwarded(call),
            mutations=mutations,
            subscriptions=subscriptions,
            explain=self._explains(call),
        )
        engine = self._graph.engine
        prepared = engine.prepare(request)
        call.operation = prepared.name
        return engine, prepared

    async def execute(self, call: Call, engine: Engine, prepared: Prepared) -> JsonObject:
        try:
            async with asyncio.timeout(self._settings.request_timeout_seconds):
                with collected_hints() as hints:
                    answer = await engine.execute(prepared)
        except TimeoutError:
            raise Refused("REQUEST_TIMEOUT", "The operation took too long.", 504, well_formed=False) from None
        if prepared.operation.operation is OperationType.QUERY and (hint := hints.combined()):
            call.cache_control = NO_STORE if "errors" in answer or prepared.request.explain else hint
        return answer

    def forwarded(self, call: Call) -> Mapping[str, str]:
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

    def _explains(self, call: Call) -> bool:
        """Plans tell of the house's inside: who may see them is a setting; a wish by others is refused."""
        if "x-explain" not in call.headers:
            return False
        allowed = self._settings.explain
        if allowed == "everybody" or (allowed == "permitted" and self._permitted(call.principal)):
            return True
        raise Refused("EXPLAIN_NOT_ALLOWED", "Plans are not shown to you. / 您无权查看查询计划。", 403)

    def _permitted(self, principal: Principal) -> bool:
        return not self._authentication.checks or any(EXPLAIN in grant.permissions for grant in principal.grants)

    def record(self, call: Call, status: int, answer: JsonObject) -> None:
        """One line in the log, and the metrics."""
        seconds = perf_counter() - call.started
        errors = answer.get("errors")
        codes = [_code(error) for error in errors] if isinstance(errors, list) else []
        outcome = "refused" if "data" not in answer else "partial" if codes else "answered"
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


def fault(call: Call) -> JsonObject:
    """Log the exception that is being handled; what the client may know of it."""
    log.exception("request.fault", correlation_id=call.correlation_id, operation=call.operation)
    extensions: JsonObject = {"code": "INTERNAL", "correlationId": call.correlation_id}
    return {"errors": [{"message": "内部错误 / Internal error", "extensions": extensions}]}


def _code(error: object) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return str(extensions.get("code", "UNKNOWN")) if isinstance(extensions, dict) else "UNKNOWN"
