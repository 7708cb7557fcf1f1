"""Merge communities, and split one: what they have and the first people go over in the transaction of the command.

A merge of up to a few thousand people is therefore one transaction. A larger one goes on in steps of the same size
(`continue_reorganisations`, a timer of the worker): each moves whole persons, and what still lies under an old code is
what is left to do, so a step may be repeated or broken off at any point. What was being made under a code at the very
moment when it was withdrawn is taken a minute later (`take_late_arrivals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.divisions import Division, check_community_code, lane_of, no_such_division
from registration.domain.grids import Grid, no_such_grid
from registration.domain.members import Member, no_such_member
from registration.domain.registrations import STANDING, Registration
from registration.domain.reorganisations import (
    Reorganisation,
    ReorganisationKind,
    ReorganisationStatus,
    SplitPart,
    check_merge,
    check_split,
    day_of_effect,
    order_reorganisation,
    require_takers,
)
from registration.storage.collections import DIVISIONS, GRIDS, MEMBERS, REGISTRATIONS, REORGANISATIONS
from registration.use_cases.batches import Permit
from registration.use_cases.move_institutions import (
    hand_over_means,
    move_grids,
    move_organs,
    renew_terms,
    succeed_agreements,
)
from registration.use_cases.squad_places import SquadPlaces

PEOPLE_A_STEP = 2_000
# By then no transaction is open any more that began while the codes were valid: the database ends them sooner.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MergeCommunities:
    """`into` is a community that the table has already; `effective_on` None is today."""

    codes: list[str]
    into: str
    reason: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class SplitCommunity:
    """Whoever no part names goes to `rest`: the community itself, which goes on then, or one that takes over."""

    code: str
    rest: str
    reason: str
    parts: list[SplitPart] = field(default_factory=list)
    effective_on: date | None = None


async def merge_communities(work: Work, command: MergeCommunities, permit: Permit) -> Reorganisation:
    """Refused: MergedIntoItself, AnotherCounty, CommunityWithdrawn, NotFound, InvalidInput."""
    into = check_community_code(command.into, "into")
    codes = check_merge(command.codes, into)
    for code in (*codes, into):
        permit(Target(division=code))
    communities = await work.load(Division, DIVISIONS, [*codes, into])
    on = day_of_effect(command.effective_on, work.now)
    require_takers(communities, [into], on, lane_of(into), "into")
    require_takers(communities, codes, on, lane_of(into), "codes")
    return await _begin(work, ReorganisationKind.MERGE_COMMUNITIES, codes, into, [], on, command.reason, communities)


async def split_community(work: Work, command: SplitCommunity, permit: Permit) -> Reorganisation:
    """Refused: MergedIntoItself, AnotherCounty, CommunityWithdrawn, GridOfAnotherCommunity, NotFound..."""
    code, rest = check_community_code(command.code, "code"), check_community_code(command.rest, "rest")
    check_split(code, command.parts, rest)
    takers = [part.community_code for part in command.parts]
    for one in dict.fromkeys((code, rest, *takers)):
        permit(Target(division=one))
    communities = await work.load(Division, DIVISIONS, [code, rest, *takers])
    on = day_of_effect(command.effective_on, work.now)
    require_takers(communities, [code], on, lane_of(code), "code")
    require_takers(communities, [rest], on, lane_of(code), "rest")
    require_takers(communities, takers, on, lane_of(code), "parts")
    await _require_named(work, code, command.parts)
    kind = ReorganisationKind.SPLIT_COMMUNITY
    return await _begin(work, kind, [code], rest, command.parts, on, command.reason, communities)


async def continue_reorganisations(work: Work) -> int:
    """One more step of the oldest one that is not done; 0 when there is none."""
    running = {"status": ReorganisationStatus.RUNNING.value}
    found = await work.collection(REORGANISATIONS).find(running).sort("_id").limit(1).to_list()
    if not found:
        return 0
    ordered = restore(Reorganisation, found[0])
    await _step(work, ordered)
    work.save(REORGANISATIONS, ordered)
    return 1


async def take_late_arrivals(work: Work) -> int:
    """Of the oldest order that awaits them and whose time has come; 0 when there is none."""
    due = {"awaits_late": True, "status": ReorganisationStatus.DONE.value, "ordered_at": {"$lte": work.now - LATE}}
    found = await work.collection(REORGANISATIONS).find(due).sort("_id").limit(1).to_list()
    if not found:
        return 0
    ordered = restore(Reorganisation, found[0])
    await _take_institutions(work, ordered, await work.load(Division, DIVISIONS, [*ordered.sources, ordered.target]))
    members, _ = await _take_people(work, ordered)
    ordered.took_late(members)
    work.save(REORGANISATIONS, ordered)
    return 1


async def _begin(
    work: Work,
    kind: ReorganisationKind,
    sources: Sequence[str],
    target: str,
    parts: Sequence[SplitPart],
    on: date,
    reason: str,
    communities: dict[str, Division],
) -> Reorganisation:
    ordered = order_reorganisation(
        new_id(),
        kind,
        place=sources[0],
        sources=sources,
        target=target,
        parts=parts,
        effective_on=on,
        reason=reason,
        by=work.actor.subject,
        now=work.now,
    )
    await _take_institutions(work, ordered, communities)
    if ordered.withdraws_codes:
        await _withdraw(work, ordered)
    await _step(work, ordered)
    work.save(REORGANISATIONS, ordered)
    return ordered


async def _take_institutions(work: Work, ordered: Reorganisation, communities: dict[str, Division]) -> None:
    names = {code: one.name for code, one in communities.items()}
    await move_grids(work, ordered, names)
    if ordered.withdraws_codes:
        await move_organs(work, ordered, names)
        await renew_terms(work, ordered)
        await succeed_agreements(work, ordered)
        await hand_over_means(work, ordered)


async def _withdraw(work: Work, ordered: Reorganisation) -> None:
    """The codes, and those of compounds and buildings below them, are valid no longer."""
    async for one in work.collection(DIVISIONS).find({"ancestors": {"$in": ordered.sources}}):
        division = restore(Division, one)
        if division.valid_on(ordered.effective_on):
            division.withdraw(ordered.last_day, ordered.successors if division.id in ordered.sources else [])
            work.save(DIVISIONS, division)


async def _step(work: Work, ordered: Reorganisation) -> None:
    ordered.went_over(*await _take_people(work, ordered))


async def _take_people(work: Work, ordered: Reorganisation) -> tuple[list[str], list[str]]:
    """Whole persons: what is open or completed with a community that goes, then who else lives there. The ids of
    the members and registrations that went over.
    """
    registrations = [
        restore(Registration, one)
        async for one in work.collection(REGISTRATIONS).find(_registered(ordered)).sort("_id").limit(PEOPLE_A_STEP)
    ]
    members = await work.load(Member, MEMBERS, [one.member_id for one in registrations])
    places = await SquadPlaces.of(work, registrations)
    for registration in registrations:
        to = ordered.destination(registration.member_id, registration.grid_id)
        if to != ordered.destination("", registration.grid_id):
            places.free(registration)
            registration.leave_grid()
        registration.move(to, ordered.effective_on)
        work.save(REGISTRATIONS, registration)
        _take_along(work, ordered, members[registration.member_id], to)
    others = await _living(work, ordered, list(members), PEOPLE_A_STEP - len(registrations))
    for member in others:
        _take_along(work, ordered, member, ordered.destination(member.id, None))
    return [*members, *(one.id for one in others)], [one.id for one in registrations]


def _take_along(work: Work, ordered: Reorganisation, member: Member, to: str) -> None:
    if member.residence in ordered.sources:
        member.live_in(to, ordered.effective_on)
        work.save(MEMBERS, member)


def _registered(ordered: Reorganisation) -> dict[str, Any]:
    match: dict[str, Any] = {"community_code": {"$in": ordered.sources}, "status": {"$in": STANDING}}
    if not ordered.keeps_source:
        return match
    grids = [grid for part in ordered.parts for grid in part.grids]
    taken = [{"grid_id": {"$in": grids}}, {"member_id": {"$in": _named(ordered)}}]
    return {**match, "_id": {"$nin": ordered.gone}, "$or": taken}


async def _living(work: Work, ordered: Reorganisation, done: list[str], most: int) -> list[Member]:
    """Others who live under a code that goes, whether or not they are registered anywhere."""
    if most <= 0:
        return []
    match: dict[str, Any] = {"residence": {"$in": ordered.sources}}
    named = {"$in": _named(ordered)} if ordered.keeps_source else {}
    match["_id"] = {**named, "$nin": [*done, *ordered.gone]}
    found = work.collection(MEMBERS).find(match).sort("_id").limit(most)
    return [restore(Member, one) async for one in found]


def _named(ordered: Reorganisation) -> list[str]:
    return [member for part in ordered.parts for member in part.members]


async def _require_named(work: Work, code: str, parts: Sequence[SplitPart]) -> None:
    """The grids that the parts name are the community's, and the members exist."""
    if code not in await work.load(Division, DIVISIONS, [code]):
        raise no_such_division(code, path="code")
    grids = await work.load(Grid, GRIDS, [grid for part in parts for grid in part.grids])
    members = await work.load(Member, MEMBERS, [member for part in parts for member in part.members])
    for number, part in enumerate(parts):
        for grid in part.grids:
            if grid not in grids:
                raise no_such_grid(grid).at(f"parts.{number}")
            grids[grid].require_community(code)
        for member in part.members:
            if member not in members:
                raise no_such_member(member, path=f"parts.{number}.members")
