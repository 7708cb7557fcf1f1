"""Put completed registrations into grids of their communities, by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from registration.domain.grids import Grid, no_such_grid
from registration.domain.registrations import Registration
from registration.storage.collections import GRIDS
from registration.use_cases.batches import Permit
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class PlaceRegistration:
    registration_id: str
    grid_id: str


async def place_registrations(
    work: Work, commands: Sequence[PlaceRegistration], permit: Permit
) -> list[Registration | Refusal]:
    """Refused: GridOfAnotherCommunity, RegistrationClosed (not completed), NotFound."""
    grids = await work.load(Grid, GRIDS, [command.grid_id for command in commands])

    def put(registration: Registration, command: PlaceRegistration) -> None:
        grid = grids.get(command.grid_id)
        if grid is None:
            raise no_such_grid(command.grid_id)
        grid.require_community(registration.community_code)
        registration.put_into_grid(grid.id)

    return await change_registrations(work, commands, permit, put)
