"""What a standing or a residual list belongs to, and who may therefore see it."""

from collections.abc import Iterable

from servicekit.domain import NotPermitted
from servicekit.graphql import Context
from servicekit.security import Target

from evaluation.api import loaders
from evaluation.domain.standings import Standing

STANDING = "Query.standing"
RESIDUAL = "Query.residual"


async def visible_standings(context: Context, member: str) -> list[Standing]:
    """The member's standings in all lanes. Raises NotPermitted."""
    found = await context.loaders.find(loaders.member_standings, member) or []
    if not any(context.permits_many(STANDING, standing_targets(member, found))):
        raise NotPermitted(permission=STANDING)
    return found


def standing_targets(member: str, standings: Iterable[Standing]) -> list[Target]:
    """The member's own; the unit's on whose roster the member is; the community's where the member is registered."""
    targets = [Target(member=member)]
    for standing in standings:
        targets += [Target(member=member, unit=line.unit, division=line.division) for line in standing.lines]
        targets += [Target(member=member, division=place.division) for place in standing.registrations]
    return targets


def require_residual(context: Context, division: str, unit: str | None) -> None:
    """The missing ones' numbers: for admins of the whole division, or the unit that must act. Raises NotPermitted."""
    context.require(RESIDUAL, Target(division=division, unit=unit))
