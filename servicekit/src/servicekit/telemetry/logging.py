"""Structured logs: one dotted event name and its fields a line, with the ids to follow a request by."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from opentelemetry import trace
from structlog.typing import EventDict, WrappedLogger

# What people are known by never goes into a log; opaque ids and codes do.
PERSONAL = frozenset(
    {
        "name",
        "full_name",
        "id_number",
        "phone",
        "mobile",
        "email",
        "address",
        "birth_date",
        "token",
        "authorization",
        "password",
        "variables",
    }
)
REMOVED = "[removed]"


def configure_logging(service: str, *, log_format: str = "json", level: str = "info") -> None:
    """Set up structlog, and the standard library's loggers to go through it."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(service),
        add_trace_ids,
        remove_personal_data,
        structlog.processors.format_exc_info,
    ]
    render = _renderer(log_format)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(_LEVELS[level], logging.WARNING), force=True)


_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def _renderer(log_format: str) -> structlog.typing.Processor:
    if log_format == "console":
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(lambda event, **_: orjson.dumps(event, default=str).decode())


def _naming(service: str) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return name


def add_trace_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = f"{span.trace_id:032x}"
        event["span_id"] = f"{span.span_id:016x}"
    return event


def remove_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut out the values of fields that are known to hold personal data or secrets, at any depth."""
    return {key: _without_personal_data(key, value) for key, value in event.items()}


def _without_personal_data(key: str, value: Any) -> Any:
    if key.lower() in PERSONAL:
        return REMOVED
    if isinstance(value, dict):
        return {inner: _without_personal_data(str(inner), one) for inner, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_personal_data("", one) for one in value]
    return value
