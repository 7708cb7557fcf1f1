"""Spans of what is asked of MongoDB, below the span that asks. Never what is in a command: it may be personal."""

from opentelemetry import trace
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent


class MongoSpans(CommandListener):
    """One span a command. What happens outside of any span (polls, heartbeats) has none."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("servicekit.storage")
        self._open: dict[int, trace.Span] = {}

    def started(self, event: CommandStartedEvent) -> None:
        if not trace.get_current_span().get_span_context().is_valid:
            return
        name, target = event.command_name, event.command.get(event.command_name)
        attributes = {"db.system.name": "mongodb", "db.namespace": event.database_name, "db.operation.name": name}
        if isinstance(target, str):
            attributes["db.collection.name"] = target
        self._open[event.request_id] = self._tracer.start_span(
            f"mongodb {name}", kind=trace.SpanKind.CLIENT, attributes=attributes
        )

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._end(event.request_id)

    def failed(self, event: CommandFailedEvent) -> None:
        if span := self._open.get(event.request_id):
            span.set_status(trace.StatusCode.ERROR)
        self._end(event.request_id)

    def _end(self, request: int) -> None:
        if span := self._open.pop(request, None):
            span.end()
