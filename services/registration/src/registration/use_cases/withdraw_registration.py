"""Withdraw a registration that is under way; its certificate is voided."""

from dataclasses import dataclass

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit, sole
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class WithdrawRegistration:
    registration_id: str
    reason: str


async def withdraw_registration(work: Work, command: WithdrawRegistration, permit: Permit) -> Registration:
    """Refused: RegistrationAlreadyCompleted, RegistrationClosed, NotFound."""

    def change(registration: Registration, command: WithdrawRegistration) -> None:
        registration.withdraw(command.reason, work.now)

    return sole(await change_registrations(work, [command], permit, change))
