"""Create squads of grids."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.grids import Grid, no_such_grid
from registration.domain.squads import USUAL_CAPACITY, Squad, SquadAlreadyExists, create_squad
from registration.storage.collections import GRIDS, SQUADS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.names import check_name, taken_names


@dataclass(frozen=True, slots=True)
class CreateSquad:
    grid_id: str
    name: str
    capacity: int = USUAL_CAPACITY


async def create_squads(work: Work, commands: Sequence[CreateSquad], permit: Permit) -> list[Squad | Refusal]:
    """Refused: SquadAlreadyExists, NotFound (grid), InvalidInput."""
    grids = await work.load(Grid, GRIDS, [command.grid_id for command in commands])
    taken = await taken_names(work, SQUADS, "grid_id", list(grids), [command.name for command in commands])

    def decide(command: CreateSquad) -> Squad:
        grid = grids.get(command.grid_id)
        if grid is None:
            raise no_such_grid(command.grid_id)
        permit(Target(division=grid.community_code))
        name = check_name(command.name)
        if (grid.id, name) in taken:
            raise SquadAlreadyExists(path="name", squad_id=taken[grid.id, name])
        squad = create_squad(new_id(), grid, name=name, capacity=command.capacity)
        taken[grid.id, name] = squad.id
        work.save(SQUADS, squad)
        return squad

    return decide_each(commands, decide)
