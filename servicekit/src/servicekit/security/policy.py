"""Who may do what: a rule for every operation and type, checked in one place.

A rule has two gates. `admits` asks whether the principal holds one of the roles at all, and needs no data. `permits`
asks whether one of its grants covers the target, and needs to know what the thing belongs to.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from servicekit.domain import NotPermitted
from servicekit.security.principal import Grant, Principal, Role


class Target(NamedTuple):
    """What a thing belongs to; whatever is None is covered by no scope of that kind."""

    division: str | None = None
    unit: str | None = None
    member: str | None = None
    line: str | None = None


NOWHERE = Target()


class Rule:
    """`roles` is None for a rule that asks for no role; `open_to_all` also lets anonymous principals in."""

    __slots__ = ("open_to_all", "roles")

    def __init__(self, roles: frozenset[Role] | None, *, open_to_all: bool = False) -> None:
        self.roles = roles
        self.open_to_all = open_to_all

    @property
    def scoped(self) -> bool:
        """Whether a decision needs a target."""
        return self.roles is not None

    def admits(self, principal: Principal) -> bool:
        if self.roles is None:
            return self.open_to_all or principal.authenticated
        return principal.holds(self.roles)

    def permits(self, principal: Principal, target: Target, permission: str) -> bool:
        """Whether a grant covers the target. `permission` is the policy's key, such as `Mutation.certifyClaim`."""
        if self.roles is None:
            return self.admits(principal)
        return any(
            grant.role in self.roles and _COVERS[grant.role](grant, target, permission) for grant in principal.grants
        )


PUBLIC = Rule(None, open_to_all=True)
AUTHENTICATED = Rule(None)


def allow(*roles: Role) -> Rule:
    """Whoever holds one of these roles on a scope that covers the target."""
    if not roles:
        raise ValueError("allow() needs at least one role")
    return Rule(frozenset(roles))


class Policy:
    """The rules of one service, by key: `Query.x`, `Mutation.y`, `Type` or `Type.field`."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = dict(rules)

    def rule(self, key: str) -> Rule:
        return self.rules[key]

    def permits(self, principal: Principal, key: str, target: Target) -> bool:
        return self.rules[key].permits(principal, target, key)

    def check(self, principal: Principal, key: str, target: Target) -> None:
        """Raises NotPermitted when no grant of the principal covers the target."""
        if not self.permits(principal, key, target):
            raise NotPermitted(permission=key)


@lru_cache(maxsize=4096)
def division_prefix(scope: str) -> str:
    """The prefix that all codes within a division share; 350800 (a city written in six digits) shares 3508."""
    while len(scope) in (4, 6) and scope.endswith("00"):
        scope = scope[:-2]
    return scope


def _covers_division(grant: Grant, target: Target, permission: str) -> bool:
    if target.division is None or not grant.scope:
        return False
    return target.division.startswith(division_prefix(grant.scope))


def _covers_unit(grant: Grant, target: Target, permission: str) -> bool:
    return target.unit == grant.scope


def _covers_member(grant: Grant, target: Target, permission: str) -> bool:
    return target.member == grant.scope


def _covers_line(grant: Grant, target: Target, permission: str) -> bool:
    return target.line == grant.scope


def _covers_reading(grant: Grant, target: Target, permission: str) -> bool:
    return not permission.startswith("Mutation.") and _covers_division(grant, target, permission)


def _covers_named(grant: Grant, target: Target, permission: str) -> bool:
    return permission in grant.permissions and _covers_division(grant, target, permission)


_COVERS: Mapping[Role, Callable[[Grant, Target, str], bool]] = {
    Role.MEMBER: _covers_member,
    Role.UNIT_ADMIN: _covers_unit,
    Role.HOST: _covers_division,
    Role.SUBDISTRICT_ADMIN: _covers_division,
    Role.COUNTY_ADMIN: _covers_division,
    Role.CITY_ADMIN: _covers_division,
    Role.LINE_ADMIN: _covers_line,
    Role.AUDITOR: _covers_reading,
    Role.INTEGRATION: _covers_named,
}
