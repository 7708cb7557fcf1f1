"""Spans through the OpenTelemetry API; where nothing collects them they cost nothing."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from servicekit.telemetry.tracing import collected

PROPAGATED = ("traceparent", "tracestate")
NO_SPAN: AbstractContextManager[None] = nullcontext()
_propagator = TraceContextTextMapPropagator()


def request_span(headers: Mapping[str, str]) -> AbstractContextManager[object]:
    """The span of a client's request, a child of the one that the client tells of."""
    if not collected():
        return NO_SPAN
    context = _propagator.extract(headers)
    return trace.get_tracer("gateway").start_as_current_span("graphql", context, kind=trace.SpanKind.SERVER)


def fetch_span(subgraph: str, operation_name: str) -> AbstractContextManager[object]:
    """None where the request has no span."""
    if trace.get_current_span() is trace.INVALID_SPAN:
        return NO_SPAN
    attributes = {"subgraph": subgraph, "graphql.operation.name": operation_name}
    tracer = trace.get_tracer("gateway")
    return tracer.start_as_current_span(f"fetch {subgraph}", kind=trace.SpanKind.CLIENT, attributes=attributes)


def span_failed(code: str) -> None:
    """Of the current span; nothing happens where there is none."""
    trace.get_current_span().set_status(trace.StatusCode.ERROR, code)


def with_span(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers that name the current span as parent instead of the client's."""
    found = {name: value for name, value in headers.items() if name not in PROPAGATED}
    _propagator.inject(found)
    return found
