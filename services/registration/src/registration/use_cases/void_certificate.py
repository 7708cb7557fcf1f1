"""Void the certificate of a registration, so that another can be issued."""

from dataclasses import dataclass

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit, sole
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class VoidCertificate:
    registration_id: str
    reason: str


async def void_certificate(work: Work, command: VoidCertificate, permit: Permit) -> Registration:
    """Refused: RegistrationNotCertified, RegistrationAlreadyCompleted, RegistrationClosed, NotFound."""

    def change(registration: Registration, command: VoidCertificate) -> None:
        registration.void_certificate(command.reason, work.now)

    return sole(await change_registrations(work, [command], permit, change))
