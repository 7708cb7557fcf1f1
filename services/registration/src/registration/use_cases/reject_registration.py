"""Reject a registration: the unit could not verify it."""

from dataclasses import dataclass

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit, sole
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class RejectRegistration:
    registration_id: str
    reason: str


async def reject_registration(work: Work, command: RejectRegistration, permit: Permit) -> Registration:
    """Refused: RegistrationAlreadyCompleted, RegistrationClosed, NotFound."""

    def change(registration: Registration, command: RejectRegistration) -> None:
        registration.reject(command.reason, work.now)

    return sole(await change_registrations(work, [command], permit, change))
