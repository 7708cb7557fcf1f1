"""Name the leader of a squad, one of its members, or nobody."""

from dataclasses import dataclass

from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.grids import Grid
from registration.domain.registrations import RegistrationStatus
from registration.domain.squads import LeaderNotInSquad, Squad, no_such_squad
from registration.storage.collections import GRIDS, REGISTRATIONS, SQUADS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class NameSquadLeader:
    squad_id: str
    member_id: str | None


async def name_squad_leader(work: Work, command: NameSquadLeader, permit: Permit) -> Squad:
    """Refused: LeaderNotInSquad, NotFound. Who leaves the squad at the same time saves it too, so one is run again."""
    squad = (await work.load(Squad, SQUADS, [command.squad_id])).get(command.squad_id)
    if squad is None:
        raise no_such_squad(command.squad_id)
    grid = (await work.load(Grid, GRIDS, [squad.grid_id]))[squad.grid_id]
    permit(Target(division=grid.community_code))
    if command.member_id is not None and not await _is_in(work, squad, command.member_id):
        raise LeaderNotInSquad(path="member_id")
    squad.name_leader(command.member_id)
    work.save(SQUADS, squad)
    return squad


async def _is_in(work: Work, squad: Squad, member_id: str) -> bool:
    match = {"member_id": member_id, "status": RegistrationStatus.COMPLETED.value}
    found = await work.collection(REGISTRATIONS).find_one(match, {"squad_id": 1})
    return found is not None and found.get("squad_id") == squad.id
