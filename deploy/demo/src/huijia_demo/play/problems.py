"""What can go wrong in a play, each with what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any


class PlayError(Exception):
    """The play stops here; it may be started again and goes on from where it stopped."""


class Unreachable(PlayError):
    def __init__(self, url: str, cause: Exception) -> None:
        super().__init__(
            f"{url} did not answer ({type(cause).__name__}: {cause}). "
            "Look into .local/logs/gateway.log and `make status`, then run the same command again: it goes on."
        )


class Fault(PlayError):
    """The answer has errors: nothing a client could have avoided, or a query that does not fit the schema."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        self.errors = errors
        super().__init__("\n".join(_line(error) for error in errors[:5]))


class Refused(PlayError):
    """A mutation said no where the scenario expects a yes."""

    def __init__(self, what: str, refusal: Mapping[str, Any], row: object = None) -> None:
        self.refusal = refusal
        super().__init__(
            f"{what} was refused: {refusal['code']} at {refusal.get('path') or 'the whole call'}: "
            f"{refusal.get('message')} {refusal.get('nextStep') or ''}" + (f"\n  row: {row}" if row else "")
        )


class NotYet(PlayError):
    """Events did not arrive within the limit."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"{what} did not come true within {seconds:g} s. Look into .local/logs/ for a worker that lags or fails, "
            "then run the same command again: it goes on from here."
        )


def _line(error: Mapping[str, Any]) -> str:
    extensions = error.get("extensions") or {}
    where = ".".join(map(str, error.get("path") or ())) or "the request"
    hint = " ".join(str(extensions[key]) for key in ("code", "nextStep", "correlationId") if extensions.get(key))
    return f"{where}: {error.get('message')} ({hint})"
