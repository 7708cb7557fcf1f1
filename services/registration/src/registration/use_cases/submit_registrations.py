"""Submit registrations: the online channel opens, at the community that the placement rule finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.members import Member, no_such_member
from registration.domain.placement import place
from registration.domain.registrations import Registration, submit_registration
from registration.storage.collections import DIVISIONS, MEMBERS, REGISTRATIONS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.resettle import communities_of, primary_agreements


@dataclass(frozen=True, slots=True)
class SubmitRegistration:
    """`residence` is the community where the member says to live; None leaves what the roster said.

    `compound` is the compound there, `building` the building or stair in it, both by name.
    """

    member_id: str
    residence: str | None = None
    compound: str | None = None
    building: str | None = None


async def submit_registrations(
    work: Work, commands: Sequence[SubmitRegistration], permit: Permit
) -> list[Registration | Refusal]:
    """Refused: NoPlacement, RegistrationAlreadySubmitted, RegistrationAlreadyCompleted, NotOnRoster, NotFound..."""
    members = await work.load(Member, MEMBERS, [command.member_id for command in commands])
    communities = await communities_of(work, members.values())
    communities |= await work.load(Division, DIVISIONS, [one.residence for one in commands if one.residence])
    primary = await primary_agreements(work, {member.unit_id for member in members.values()})
    standing = await _standing(work, list(members))

    def decide(command: SubmitRegistration) -> Registration:
        member = members.get(command.member_id)
        if member is None:
            raise no_such_member(command.member_id)
        permit(Target(division=member.unit_division, unit=member.unit_id, member=member.id, line=member.line))
        for one in standing.get(member.id, []):
            one.refuse_another()
        residence = _residence(command, member, communities)
        on = city_date(work.now)
        assigned = communities.get(member.assigned or "")
        placement = place(member, residence, assigned, primary.get(member.unit_id), on)
        registration = submit_registration(
            new_id(),
            member,
            placement,
            work.now,
            compound=(command.compound or "").strip() or None,
            building=(command.building or "").strip() or None,
        )
        if residence is not None and member.declare_residence(residence.id, on):
            work.save(MEMBERS, member)
        work.save(REGISTRATIONS, registration)
        standing.setdefault(member.id, []).append(registration)
        return registration

    return decide_each(commands, decide)


def _residence(command: SubmitRegistration, member: Member, communities: dict[str, Division]) -> Division | None:
    if command.residence is not None:
        code = check_community_code(command.residence, path="residence")
        if code not in communities:
            raise no_such_division(code, path="residence")
        return communities[code]
    return communities.get(member.residence) if member.residence else None


async def _standing(work: Work, member_ids: list[str]) -> dict[str, list[Registration]]:
    """The registrations of these members, oldest first."""
    standing: dict[str, list[Registration]] = {}
    async for one in work.collection(REGISTRATIONS).find({"member_id": {"$in": member_ids}}).sort("_id"):
        standing.setdefault(one["member_id"], []).append(restore(Registration, one))
    return standing
