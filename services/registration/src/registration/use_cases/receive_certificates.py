"""Receive certificates: the host signs the receipt for the paper, and the registration is complete."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work, restore

from registration.domain.calendar import past_date
from registration.domain.certificates import check_certificate_number, no_such_certificate
from registration.domain.grids import Grid, covering
from registration.domain.groups import Group, group_covering
from registration.domain.registrations import Registration, RegistrationStatus
from registration.storage.collections import GRIDS, GROUPS, REGISTRATIONS
from registration.use_cases.batches import Permit, decide_each, well_formed
from registration.use_cases.change_registrations import target_of
from registration.use_cases.squad_places import SquadPlaces


@dataclass(frozen=True, slots=True)
class ReceiveCertificate:
    """`received_on` is the date on the paper receipt; None is today."""

    certificate_number: str
    received_on: date | None = None


async def receive_certificates(
    work: Work, commands: Sequence[ReceiveCertificate], permit: Permit
) -> list[Registration | Refusal]:
    """What a transfer replaces ends with it. Compound and building of the residence find grid and group; else a host
    places by hand.

    Refused: CertificateVoided, RegistrationAlreadyCompleted, RegistrationClosed, NotFound, InvalidInput.
    """
    registrations = await _by_number(work, commands)
    wanted = [one.replaces for one in registrations.values() if one.replaces]
    replaced = await work.load(Registration, REGISTRATIONS, wanted)
    places = await SquadPlaces.of(work, replaced.values())
    grids, groups = await _grids_and_groups(work, registrations.values())

    def decide(command: ReceiveCertificate) -> Registration:
        number = check_certificate_number(command.certificate_number)
        registration = registrations.get(number)
        if registration is None:
            raise no_such_certificate(number)
        permit(target_of(registration))
        on = past_date(command.received_on, work.now, path="received_on")
        registration.receive(number, signed_by=work.actor.subject, on=on, now=work.now)
        if grid := covering(grids.get(registration.community_code, ()), registration.compound):
            group = group_covering(groups, grid.id, registration.compound, registration.building)
            registration.put_into_grid(grid.id, group.id if group else None)
        if registration.replaces in replaced:
            # The unique index allows one completed registration a person, so the old one is written first.
            _make_way(work, replaced[registration.replaces], registration, places)
        work.save(REGISTRATIONS, registration)
        return registration

    return decide_each(commands, decide)


async def _by_number(work: Work, commands: Sequence[ReceiveCertificate]) -> dict[str, Registration]:
    """The registrations by each certificate number they ever had."""
    numbers = well_formed(check_certificate_number, [command.certificate_number for command in commands])
    found = work.collection(REGISTRATIONS).find({"certificates.number": {"$in": numbers}})
    restored = [restore(Registration, one) async for one in found]
    return {paper.number: one for one in restored for paper in one.certificates}


def _make_way(work: Work, old: Registration, new: Registration, places: SquadPlaces) -> None:
    if old.status is RegistrationStatus.COMPLETED:
        places.free(old)
    old.make_way(new, work.now)
    work.save(REGISTRATIONS, old)


async def _grids_and_groups(
    work: Work, registrations: Collection[Registration]
) -> tuple[dict[str, list[Grid]], list[Group]]:
    """The grids, by community, where somebody told a compound; the groups of those where a building too."""
    grids: dict[str, list[Grid]] = {}
    if communities := {one.community_code for one in registrations if one.compound}:
        async for one in work.collection(GRIDS).find({"community_code": {"$in": list(communities)}}):
            grids.setdefault(one["community_code"], []).append(restore(Grid, one))
    closer = {one.community_code for one in registrations if one.building}
    return grids, await _groups(work, [grid.id for code in closer for grid in grids.get(code, ())])


async def _groups(work: Work, grids: list[str]) -> list[Group]:
    if not grids:
        return []
    return [restore(Group, one) async for one in work.collection(GROUPS).find({"grid_id": {"$in": grids}})]
