"""Hold registrations against the placement rule anew, when a move, an agreement or a change of unit alters its answer.

What is still open goes to the new community; a paper that names the old one is void. What is completed stands until the
member has registered anew: a transfer opens. Where the rule has no answer any more, what is open is withdrawn, so that
the member comes onto the county's assignment list, and what is completed stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement
from registration.domain.calendar import city_date
from registration.domain.divisions import Division
from registration.domain.members import Member
from registration.domain.placement import Basis, Placement, place
from registration.domain.registrations import (
    OPEN,
    STANDING,
    Registration,
    RegistrationStatus,
    submit_registration,
)
from registration.storage.collections import AGREEMENTS, DIVISIONS, MEMBERS, REGISTRATIONS


async def resettle(
    work: Work,
    members: Sequence[Member],
    *,
    primary: Mapping[str, Agreement] | None = None,
    standing: Iterable[Registration] | None = None,
) -> None:
    """`primary` (by unit) and `standing` are what this unit of work changed and has not written yet."""
    if not members:
        return
    communities = await communities_of(work, members)
    agreements = {**await primary_agreements(work, {one.unit_id for one in members}), **(primary or {})}
    if standing is None:
        standing = await _standing(work, [one.id for one in members])
    theirs: dict[str, list[Registration]] = defaultdict(list)
    for registration in standing:
        theirs[registration.member_id].append(registration)
    for member in members:
        if member.on_roster and theirs[member.id]:
            _resettle(work, member, _place(member, communities, agreements, work), theirs[member.id])


async def resettle_paired(work: Work, primary: Mapping[str, Agreement]) -> None:
    """Those whom their unit's agreement placed, after that agreement changed (by unit)."""
    await resettle(work, await paired_members(work, list(primary)), primary=primary)


async def paired_members(work: Work, units: Sequence[str]) -> list[Member]:
    """Those whom the agreements of these units placed."""
    paired = {"unit_id": {"$in": units}, "status": {"$in": STANDING}, "basis": Basis.PAIRED_UNIT.value}
    found = work.collection(REGISTRATIONS).find(paired, {"member_id": 1})
    return list((await work.load(Member, MEMBERS, [one["member_id"] async for one in found])).values())


async def communities_of(work: Work, members: Iterable[Member]) -> dict[str, Division]:
    """The communities where these members live, or that were assigned to them, by code."""
    codes = {code for one in members for code in (one.residence, one.assigned)}
    return await work.load(Division, DIVISIONS, [code for code in codes if code])


async def primary_agreements(work: Work, unit_ids: set[str]) -> dict[str, Agreement]:
    found = work.collection(AGREEMENTS).find({"unit_id": {"$in": list(unit_ids)}, "primary": True, "status": "ACTIVE"})
    return {one["unit_id"]: restore(Agreement, one) async for one in found}


def placed(
    member: Member, communities: Mapping[str, Division], agreements: Mapping[str, Agreement], on: date
) -> Placement:
    """What the rule answers for a member; raises its refusals."""
    residence, assigned = communities.get(member.residence or ""), communities.get(member.assigned or "")
    return place(member, residence, assigned, agreements.get(member.unit_id), on)


def _place(
    member: Member, communities: Mapping[str, Division], agreements: Mapping[str, Agreement], work: Work
) -> Placement | None:
    try:
        return placed(member, communities, agreements, city_date(work.now))
    except Refusal:
        return None


def _resettle(work: Work, member: Member, to: Placement | None, registrations: Sequence[Registration]) -> None:
    completed = next((one for one in registrations if one.status is RegistrationStatus.COMPLETED), None)
    open_one = next((one for one in registrations if one.status in OPEN), None)
    at_home = completed is not None and to is not None and completed.community_code == to.community_code
    if open_one is not None:
        if to is None or at_home:
            open_one.withdraw("报到社区变更 / the community changed", work.now)
        else:
            open_one.resettle(to, work.now)
        work.save(REGISTRATIONS, open_one)
    if completed is None or to is None:
        return
    if at_home:
        completed.resettle(to, work.now)
        work.save(REGISTRATIONS, completed)
    elif open_one is None:
        work.save(REGISTRATIONS, submit_registration(new_id(), member, to, work.now, replaces=completed.id))


async def _standing(work: Work, members: Sequence[str]) -> list[Registration]:
    found = work.collection(REGISTRATIONS).find({"member_id": {"$in": list(members)}, "status": {"$in": STANDING}})
    return [restore(Registration, one) async for one in found]
