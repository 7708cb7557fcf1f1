"""Grant a registered member a leave of absence, for a period."""

from dataclasses import dataclass
from datetime import date

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit, sole
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class GrantLeave:
    registration_id: str
    starts_on: date
    ends_on: date
    reason: str


async def grant_leave(work: Work, command: GrantLeave, permit: Permit) -> Registration:
    """Refused: LeaveOverlaps, RegistrationClosed (not completed), NotFound, InvalidInput."""

    def change(registration: Registration, command: GrantLeave) -> None:
        registration.grant_leave(command.starts_on, command.ends_on, command.reason)

    return sole(await change_registrations(work, [command], permit, change))
