"""Put completed registrations into grids of their communities, and into groups and squads of these, by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from registration.domain.grids import Grid, no_such_grid
from registration.domain.groups import Group, no_such_group
from registration.domain.registrations import Registration
from registration.domain.squads import Squad, no_such_squad
from registration.storage.collections import GRIDS, GROUPS
from registration.use_cases.batches import Permit
from registration.use_cases.change_registrations import change_registrations
from registration.use_cases.squad_places import SquadPlaces


@dataclass(frozen=True, slots=True)
class PlaceRegistration:
    """The whole place: without a group or a squad the member is in none afterwards."""

    registration_id: str
    grid_id: str
    group_id: str | None = None
    squad_id: str | None = None


async def place_registrations(
    work: Work, commands: Sequence[PlaceRegistration], permit: Permit
) -> list[Registration | Refusal]:
    """Refused: GridOfAnotherCommunity, GroupOfAnotherGrid, SquadOfAnotherGrid, SquadFull, RegistrationClosed (not
    completed), NotFound.
    """
    grids = await work.load(Grid, GRIDS, [command.grid_id for command in commands])
    groups = await work.load(Group, GROUPS, [command.group_id for command in commands if command.group_id])
    ids = [command.registration_id for command in commands]
    places = await SquadPlaces.of_ids(work, ids, [command.squad_id for command in commands])

    def put(registration: Registration, command: PlaceRegistration) -> None:
        registration.require_completed()
        _grid(command, grids).require_community(registration.community_code)
        _check_group(command, groups)
        squad = _squad(command, places.squads)
        if registration.squad_id != command.squad_id:
            if squad is not None:
                places.take(squad)
            places.free(registration)
        registration.put_into_grid(command.grid_id, command.group_id, command.squad_id)

    return await change_registrations(work, commands, permit, put)


def _grid(command: PlaceRegistration, grids: dict[str, Grid]) -> Grid:
    if command.grid_id not in grids:
        raise no_such_grid(command.grid_id)
    return grids[command.grid_id]


def _check_group(command: PlaceRegistration, groups: dict[str, Group]) -> None:
    if command.group_id is not None:
        if command.group_id not in groups:
            raise no_such_group(command.group_id)
        groups[command.group_id].require_grid(command.grid_id)


def _squad(command: PlaceRegistration, squads: dict[str, Squad]) -> Squad | None:
    if command.squad_id is None:
        return None
    if command.squad_id not in squads:
        raise no_such_squad(command.squad_id)
    squads[command.squad_id].require_grid(command.grid_id)
    return squads[command.squad_id]
