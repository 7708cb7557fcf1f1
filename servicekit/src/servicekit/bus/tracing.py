"""Spans of events on their way: publishing and applying one belongs to the trace of the command that made it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import orjson
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from servicekit.events import Event
from servicekit.storage.mongo import Document
from servicekit.telemetry.tracing import collected

_propagator = TraceContextTextMapPropagator()
Told = tuple[str, str | None]


@contextmanager
def publishing(rows: Sequence[Document]) -> Iterator[None]:
    """Within, these outbox rows are published."""
    if not collected():
        yield
        return
    told = [(f"publish {row['key']}", orjson.loads(row["body"]).get("traceparent")) for row in rows]
    with _spans(trace.SpanKind.PRODUCER, told):
        yield


@contextmanager
def applying(service: str, events: Sequence[Event]) -> Iterator[None]:
    """Within, these events get their effects in `service`."""
    if not collected():
        yield
        return
    with _spans(trace.SpanKind.CONSUMER, [(f"apply {service} {event.fact}", event.traceparent) for event in events]):
        yield


@contextmanager
def _spans(kind: trace.SpanKind, told: Sequence[Told]) -> Iterator[None]:
    """A span in each trace; that of one alone is the current one, so that what happens within is below it."""
    tracer = trace.get_tracer("servicekit.bus")
    spans = [
        tracer.start_span(name, _propagator.extract({"traceparent": parent}), kind) for name, parent in told if parent
    ]
    try:
        if len(spans) == 1:
            with trace.use_span(spans[0]):
                yield
        else:
            yield
    finally:
        for span in spans:
            span.end()
