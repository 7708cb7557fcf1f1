"""Transfer a completed registration to another community: the old one stands until the new one completes."""

from dataclasses import dataclass

from servicekit.domain import new_id
from servicekit.storage.work import Work, restore

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.members import Member
from registration.domain.placement import place
from registration.domain.registrations import OPEN, Registration, no_such_registration, submit_registration
from registration.storage.collections import DIVISIONS, MEMBERS, REGISTRATIONS
from registration.use_cases.batches import Permit
from registration.use_cases.change_registrations import target_of


@dataclass(frozen=True, slots=True)
class TransferRegistration:
    registration_id: str
    residence: str


async def transfer_registration(work: Work, command: TransferRegistration, permit: Permit) -> Registration:
    """The new registration. Refused: AlreadyThere, RegistrationAlreadySubmitted, RegistrationClosed, NotFound..."""
    old = (await work.load(Registration, REGISTRATIONS, [command.registration_id])).get(command.registration_id)
    if old is None:
        raise no_such_registration(command.registration_id)
    permit(target_of(old))
    code = check_community_code(command.residence, path="residence")
    residence = (await work.load(Division, DIVISIONS, [code])).get(code)
    if residence is None:
        raise no_such_division(code, path="residence")
    open_now = {"member_id": old.member_id, "status": {"$in": [status.value for status in OPEN]}}
    async for one in work.collection(REGISTRATIONS).find(open_now):
        restore(Registration, one).refuse_another()
    member = (await work.load(Member, MEMBERS, [old.member_id]))[old.member_id]
    on = city_date(work.now)
    placement = place(member, residence, None, None, on)
    old.require_transferable(placement)
    new = submit_registration(new_id(), member, placement, work.now, replaces=old.id)
    if member.declare_residence(code, on):
        work.save(MEMBERS, member)
    work.save(REGISTRATIONS, new)
    return new
