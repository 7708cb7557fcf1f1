"""What a standing belongs to, and who may therefore see it."""

from collections.abc import Iterable

from servicekit.domain import NotPermitted
from servicekit.graphql import Context
from servicekit.security import Target

from evaluation.api import loaders
from evaluation.domain.standings import Standing

STANDING = "Query.standing"


async def visible_standings(context: Context, member: str) -> list[Standing]:
    """The member's standings in all lanes. Raises NotPermitted."""
    found = await context.loaders.find(loaders.member_standings, member) or []
    if not any(context.permits_many(STANDING, standing_targets(member, found))):
        raise NotPermitted(permission=STANDING)
    return found


def standing_targets(member: str, standings: Iterable[Standing]) -> list[Target]:
    """The member's own; the unit's on whose roster the member is; the community's where the member is registered."""
    today = loaders.today().isoformat()
    targets = [Target(member=member)]
    for standing in standings:
        lines = [line for line in standing.lines if line.holds(today)]
        targets += [Target(member=member, unit=line.unit, division=line.division) for line in lines]
        targets += [Target(member=member, division=one.division) for one in standing.registrations if one.holds(today)]
    return targets
