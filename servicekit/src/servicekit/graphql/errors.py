"""Errors as clients see them: refusals in their language, faults masked, the query's own mistakes left readable."""

import re
from typing import Any

import structlog
from graphql import GraphQLError

from servicekit.domain import NotPermitted, Refusal
from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.refusals import full_path
from servicekit.telemetry.complaints import without_values

log = structlog.get_logger()

MASKED = "内部错误 / Internal error"
LONGEST_MESSAGE = 1_000


def error_code(refusal: Refusal) -> str:
    """The `extensions.code` of a refusal: its name in capitals; FORBIDDEN for NotPermitted."""
    if isinstance(refusal, NotPermitted):
        return "FORBIDDEN"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", refusal.code).upper()


def refusal_error(refusal: Refusal, language: Language) -> dict[str, Any]:
    """A refusal as an error of a GraphQL response."""
    extensions = {"code": error_code(refusal), "nextStep": refusal.next_step(language)}
    if refusal.path:
        extensions["path"] = full_path(refusal.path, None) or ""
    return {"message": refusal.message(language), "extensions": extensions}


def format_error(error: GraphQLError, context: Context) -> dict[str, Any]:
    """One error of the response. An unexpected exception is logged here, and only its correlation id goes out."""
    cause = _cause(error)
    if isinstance(cause, Refusal):
        formatted = refusal_error(cause, context.lang)
    elif cause is None or error.path is None:
        formatted = _readable(error)
    else:
        formatted = fault(cause, context, where=".".join(str(step) for step in error.path))
    if error.locations:
        formatted["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    return formatted


def fault(cause: BaseException, context: Context, *, where: str) -> dict[str, Any]:
    """Log an unexpected exception with its traceback and give what the client may know of it."""
    log.error("graphql.fault", correlation_id=context.correlation_id, where=where, exc_info=cause)
    return {"message": MASKED, "extensions": {"code": "INTERNAL", "correlationId": context.correlation_id}}


def _cause(error: GraphQLError) -> BaseException | None:
    """The exception behind an error; None when it is GraphQL's own or was raised as a GraphQLError."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _readable(error: GraphQLError) -> dict[str, Any]:
    return {
        "message": without_values(error.message)[:LONGEST_MESSAGE],
        "extensions": {"code": "BAD_USER_INPUT", **(error.extensions or {})},
    }
