"""Certify registrations: the unit verified the member and issues the numbered certificate."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.documents.numbers import RANDOM_BITS
from servicekit.domain import Refusal
from servicekit.storage.work import Work

from registration.domain.certificates import certificate_number
from registration.domain.registrations import Registration
from registration.use_cases.batches import Permit
from registration.use_cases.change_registrations import change_registrations


@dataclass(frozen=True, slots=True)
class CertifyRegistration:
    registration_id: str


async def certify_registrations(
    work: Work, commands: Sequence[CertifyRegistration], permit: Permit
) -> list[Registration | Refusal]:
    """Refused: RegistrationAlreadyCertified, RegistrationAlreadyCompleted, RegistrationClosed, NotFound."""

    def certify(registration: Registration, _command: CertifyRegistration) -> None:
        registration.certify(certificate_number(registration.lane, secrets.randbits(RANDOM_BITS)), work.now)

    return await change_registrations(work, commands, permit, certify)
