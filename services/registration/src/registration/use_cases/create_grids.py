"""Create grids of communities."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.grids import Grid, GridAlreadyExists, create_grid
from registration.storage.collections import DIVISIONS, GRIDS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.names import check_name, distinct_texts, taken_names


@dataclass(frozen=True, slots=True)
class CreateGrid:
    community_code: str
    name: str
    compounds: list[str] = field(default_factory=list)


async def create_grids(work: Work, commands: Sequence[CreateGrid], permit: Permit) -> list[Grid | Refusal]:
    """Refused: GridAlreadyExists, CommunityWithdrawn, NotFound (community), InvalidInput."""
    communities = await work.load(Division, DIVISIONS, [command.community_code for command in commands])
    taken = await taken_names(work, GRIDS, "community_code", list(communities), [one.name for one in commands])

    def decide(command: CreateGrid) -> Grid:
        code = check_community_code(command.community_code, path="community_code")
        permit(Target(division=code))
        if code not in communities:
            raise no_such_division(code, path="community_code")
        communities[code].require_valid(city_date(work.now), path="community_code")
        name = check_name(command.name)
        if (code, name) in taken:
            raise GridAlreadyExists(path="name", grid_id=taken[code, name])
        compounds = distinct_texts(command.compounds)
        grid = create_grid(new_id(), community_code=code, name=name, compounds=compounds)
        taken[code, name] = grid.id
        work.save(GRIDS, grid)
        return grid

    return decide_each(commands, decide)
