"""Receive certificates: the host signs the receipt for the paper, and the registration is complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work, restore

from registration.domain.calendar import past_date
from registration.domain.certificates import check_certificate_number, no_such_certificate
from registration.domain.grids import Grid, covering
from registration.domain.registrations import Registration
from registration.storage.collections import GRIDS, REGISTRATIONS
from registration.use_cases.batches import Permit, decide_each, well_formed
from registration.use_cases.change_registrations import target_of


@dataclass(frozen=True, slots=True)
class ReceiveCertificate:
    """`received_on` is the date on the paper receipt; None is today."""

    certificate_number: str
    received_on: date | None = None


async def receive_certificates(
    work: Work, commands: Sequence[ReceiveCertificate], permit: Permit
) -> list[Registration | Refusal]:
    """What a transfer replaces ends with it. The compound of the residence finds the grid; else a host places by hand.

    Refused: CertificateVoided, RegistrationAlreadyCompleted, RegistrationClosed, NotFound, InvalidInput.
    """
    registrations = await _by_number(work, commands)
    wanted = [one.replaces for one in registrations.values() if one.replaces]
    replaced = await work.load(Registration, REGISTRATIONS, wanted)
    grids = await _grids(work, {one.community_code for one in registrations.values() if one.compound})

    def decide(command: ReceiveCertificate) -> Registration:
        number = check_certificate_number(command.certificate_number)
        registration = registrations.get(number)
        if registration is None:
            raise no_such_certificate(number)
        permit(target_of(registration))
        on = past_date(command.received_on, work.now, path="received_on")
        registration.receive(number, signed_by=work.actor.subject, on=on, now=work.now)
        if grid := covering(grids.get(registration.community_code, ()), registration.compound):
            registration.put_into_grid(grid.id)
        if registration.replaces in replaced:
            # The unique index allows one completed registration a person, so the old one is written first.
            replaced[registration.replaces].make_way(registration, work.now)
            work.save(REGISTRATIONS, replaced[registration.replaces])
        work.save(REGISTRATIONS, registration)
        return registration

    return decide_each(commands, decide)


async def _by_number(work: Work, commands: Sequence[ReceiveCertificate]) -> dict[str, Registration]:
    """The registrations by each certificate number they ever had."""
    numbers = well_formed(check_certificate_number, [command.certificate_number for command in commands])
    found = work.collection(REGISTRATIONS).find({"certificates.number": {"$in": numbers}})
    restored = [restore(Registration, one) async for one in found]
    return {paper.number: one for one in restored for paper in one.certificates}


async def _grids(work: Work, communities: set[str]) -> dict[str, list[Grid]]:
    grids: dict[str, list[Grid]] = {}
    if communities:
        async for one in work.collection(GRIDS).find({"community_code": {"$in": list(communities)}}):
            grids.setdefault(one["community_code"], []).append(restore(Grid, one))
    return grids
