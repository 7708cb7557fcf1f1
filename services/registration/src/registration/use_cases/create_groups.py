"""Create groups of grids."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.grids import Grid, no_such_grid
from registration.domain.groups import Group, GroupAlreadyExists, create_group
from registration.storage.collections import GRIDS, GROUPS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.names import check_name, distinct_texts, taken_names


@dataclass(frozen=True, slots=True)
class CreateGroup:
    """`compound` None: the buildings are in whatever compound of the grid."""

    grid_id: str
    name: str
    buildings: list[str] = field(default_factory=list)
    compound: str | None = None


async def create_groups(work: Work, commands: Sequence[CreateGroup], permit: Permit) -> list[Group | Refusal]:
    """Refused: GroupAlreadyExists, NotFound (grid), InvalidInput."""
    grids = await work.load(Grid, GRIDS, [command.grid_id for command in commands])
    taken = await taken_names(work, GROUPS, "grid_id", list(grids), [command.name for command in commands])

    def decide(command: CreateGroup) -> Group:
        grid = grids.get(command.grid_id)
        if grid is None:
            raise no_such_grid(command.grid_id)
        permit(Target(division=grid.community_code))
        name = check_name(command.name)
        if (grid.id, name) in taken:
            raise GroupAlreadyExists(path="name", group_id=taken[grid.id, name])
        compound = (command.compound or "").strip() or None
        buildings = distinct_texts(command.buildings)
        group = create_group(new_id(), grid, name=name, compound=compound, buildings=buildings)
        taken[grid.id, name] = group.id
        work.save(GROUPS, group)
        return group

    return decide_each(commands, decide)
