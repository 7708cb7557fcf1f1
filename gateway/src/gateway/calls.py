"""One call on its way through the gateway: what came with it, and who makes it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Self
from uuid import uuid4

from servicekit.domain.refusals import Language
from servicekit.language import language_of
from servicekit.security.principal import ANONYMOUS, Principal

from gateway.http import Scope, headers_of, media_type

CORRELATION_ID = re.compile(r"[\w.:-]{1,64}")


@dataclass(slots=True)
class Call:
    """`address` is the client's, or that of a proxy which isn't trusted to tell the client's."""

    headers: dict[str, str]
    address: str
    correlation_id: str
    started: float
    principal: Principal = ANONYMOUS
    operation: str = "unknown"
    cache_control: str | None = None
    retry_after: int | None = None

    @classmethod
    def of(cls, scope: Scope) -> Self:
        headers = headers_of(scope)
        client = scope.get("client")
        return cls(headers, client[0] if client else "", correlation_id_of(headers), perf_counter())

    def again(self) -> "Call":
        """Another operation on the same connection."""
        return Call(self.headers, self.address, self.correlation_id, perf_counter(), self.principal)

    @property
    def seconds_left(self) -> float | None:
        """Until the token ceases to be accepted."""
        until = self.principal.expires_at
        return None if until is None else max(0.0, (until - datetime.now(UTC)).total_seconds())

    @property
    def media(self) -> str:
        return media_type(self.headers.get("accept"))

    @property
    def language(self) -> Language:
        return language_of(self.headers.get("accept-language"))

    @property
    def who(self) -> str:
        """Whom limits are kept for: the principal, or for anonymous ones where they call from."""
        subject = self.principal.subject
        return f"subject {subject}" if subject is not None else f"address {self.address}"


def correlation_id_of(headers: dict[str, str]) -> str:
    given = headers.get("x-correlation-id", "")
    return given if CORRELATION_ID.fullmatch(given) else uuid4().hex
