"""End a completed registration."""

from dataclasses import dataclass

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit, sole
from registration.use_cases.change_registrations import change_registrations
from registration.use_cases.squad_places import SquadPlaces


@dataclass(frozen=True, slots=True)
class EndRegistration:
    registration_id: str
    reason: str


async def end_registration(work: Work, command: EndRegistration, permit: Permit) -> Registration:
    """Its place in a squad is free again. Refused: RegistrationClosed, NotFound."""
    places = await SquadPlaces.of_ids(work, [command.registration_id])

    def change(registration: Registration, command: EndRegistration) -> None:
        registration.end(command.reason, work.now)
        places.free(registration)

    return sole(await change_registrations(work, [command], permit, change))
