"""Who is asking: a subject and the roles granted to it, each on a scope and for a period."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    MEMBER = "MEMBER"
    UNIT_ADMIN = "UNIT_ADMIN"
    HOST = "HOST"
    SUBDISTRICT_ADMIN = "SUBDISTRICT_ADMIN"
    COUNTY_ADMIN = "COUNTY_ADMIN"
    CITY_ADMIN = "CITY_ADMIN"
    LINE_ADMIN = "LINE_ADMIN"
    AUDITOR = "AUDITOR"
    INTEGRATION = "INTEGRATION"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a scope: a member, unit, line or division. `valid_until` is exclusive; both ends are aware instants."""

    role: Role
    scope: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    permissions: frozenset[str] = frozenset()

    def active(self, now: datetime) -> bool:
        started = self.valid_from is None or self.valid_from <= now
        return started and (self.valid_until is None or now < self.valid_until)


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject` is None for somebody who showed no token. `grants` are taken as they are: see `at`.

    `expires_at` is when the token ceases to be accepted: what lasts longer than a request ends then.
    """

    subject: str | None
    grants: tuple[Grant, ...] = ()
    expires_at: datetime | None = field(default=None, compare=False)

    @property
    def authenticated(self) -> bool:
        return self.subject is not None

    def holds(self, roles: Iterable[Role]) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def scopes(self, role: Role) -> list[str]:
        return [grant.scope for grant in self.grants if grant.role is role]

    def at(self, now: datetime) -> "Principal":
        """The same principal with only the grants that are active at this instant."""
        if all(grant.valid_from is None and grant.valid_until is None for grant in self.grants):
            return self
        return replace(self, grants=tuple(grant for grant in self.grants if grant.active(now)))


ANONYMOUS = Principal(None)
