"""What a standing belongs to, and who may therefore see it."""

from servicekit.domain import NotPermitted
from servicekit.graphql import Context
from servicekit.security import Target

from evaluation.api import loaders
from evaluation.domain.standings import Standing

STANDING = "Query.standing"


async def visible_standing(context: Context, member: str) -> Standing:
    """The member's standing. Raises NotPermitted."""
    found = await context.loaders.find(loaders.member_standings, member) or Standing(member)
    if not any(context.permits_many(STANDING, standing_targets(found))):
        raise NotPermitted(permission=STANDING)
    return found


def standing_targets(standing: Standing) -> list[Target]:
    """The member's own; the unit's on whose roster the member is; the community's where the member is registered."""
    today, member = loaders.today().isoformat(), standing.member
    lines = [line for line in standing.lines if line.holds(today)]
    registrations = [one for one in standing.registrations if one.holds(today)]
    return [
        Target(member=member),
        *(Target(member=member, unit=line.unit, division=line.division) for line in lines),
        *(Target(member=member, division=one.division) for one in registrations),
    ]
