"""What the commands on existing registrations share: loading them, and asking whether the caller may."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from servicekit.domain import Refusal
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.registrations import Registration, no_such_registration
from registration.storage.collections import REGISTRATIONS
from registration.use_cases.batches import Permit, decide_each


class OfRegistration(Protocol):
    @property
    def registration_id(self) -> str: ...


C = TypeVar("C", bound=OfRegistration)


async def change_registrations(
    work: Work, commands: Sequence[C], permit: Permit, change: Callable[[Registration, C], None]
) -> list[Registration | Refusal]:
    """Do `change` to the registration that each command names, and save it."""
    registrations = await work.load(Registration, REGISTRATIONS, [command.registration_id for command in commands])

    def decide(command: C) -> Registration:
        registration = registrations.get(command.registration_id)
        if registration is None:
            raise no_such_registration(command.registration_id)
        permit(target_of(registration))
        change(registration, command)
        work.save(REGISTRATIONS, registration)
        return registration

    return decide_each(commands, decide)


def target_of(registration: Registration) -> Target:
    """The unit and the member that it belongs to, and the community where it is."""
    return Target(
        division=registration.community_code,
        unit=registration.unit_id,
        member=registration.member_id,
        line=registration.line,
    )
