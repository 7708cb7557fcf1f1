"""What was being made under a code at the very moment when the code was withdrawn goes over all the same."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from registration.domain.agreements import Support
from registration.domain.divisions import CommunityWithdrawn, Division
from registration.domain.organs import OrganKind
from registration.domain.profiles import Means
from registration.storage.collections import DIVISIONS
from registration.use_cases.create_grids import CreateGrid, create_grids
from registration.use_cases.end_agreement import end_agreement, place_late_arrivals
from registration.use_cases.link_leaders import LinkLeader, link_leaders
from registration.use_cases.register_organs import RegisterOrgan, register_organs
from registration.use_cases.reorganise_communities import LATE, continue_reorganisations, take_late_arrivals
from registration.use_cases.set_profiles import SetProfile, set_profiles
from registration.use_cases.sign_agreements import SignAgreement, sign_agreements
from registration.use_cases.submit_registrations import SubmitRegistration, submit_registrations
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.registration.integration.test_reorganisations import order
from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY
from tests.registration.town import Town

Make = Callable[[Work, str, str], Awaitable[Any]]
FIRST = date(2015, 1, 1)
LATE_MS = LATE / timedelta(milliseconds=1)


def anybody(_target: object) -> None:
    """Whoever it is may do it."""


async def an_organ(work: Work, _unit: str, _member: str) -> Any:
    return await register_organs(work, [RegisterOrgan(COMMUNITY, OrganKind.OWNERS_COMMITTEE, "业委会")], anybody)


async def a_grid(work: Work, _unit: str, _member: str) -> Any:
    return await create_grids(work, [CreateGrid(COMMUNITY, "新网格")], anybody)


async def an_agreement(work: Work, unit: str, _member: str) -> Any:
    signed = SignAgreement(unit, COMMUNITY, primary=False, support=[Support.TALENT], starts_on=FIRST)
    return await sign_agreements(work, [signed], anybody)


async def a_leader(work: Work, _unit: str, member: str) -> Any:
    return await link_leaders(work, [LinkLeader(member, COMMUNITY, FIRST)], anybody)


async def a_registration(work: Work, _unit: str, member: str) -> Any:
    return await submit_registrations(work, [SubmitRegistration(member, residence=COMMUNITY)], anybody)


@pytest.mark.parametrize(
    ("make", "collection", "place", "going_on"),
    [
        (an_organ, "organs", "division", {"ended_on": None}),
        (a_grid, "grids", "community_code", {}),
        (an_agreement, "agreements", "community_code", {"status": "ACTIVE"}),
        (a_leader, "leader_links", "community_code", {"ended_on": None}),
        (a_registration, "registrations", "community_code", {}),
    ],
)
async def test_what_was_made_while_its_community_was_merged_goes_over(
    town: Town, app: FastAPI, database: Database, make: Make, collection: str, place: str, going_on: dict[str, Any]
) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit, 1, residence=OTHER_COMMUNITY)
    run = app.state.running.commands.run

    async def slower_than_the_merger(work: Work) -> Any:
        made = await make(work, unit, member)
        await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY)
        while await run(continue_reorganisations):
            pass
        return made

    (made,) = await run(slower_than_the_merger)
    assert (await database[collection].find_one({"_id": made.id}))[place] == COMMUNITY  # type: ignore[index]
    assert await run(take_late_arrivals) == 0

    earlier = [{"$set": {"ordered_at": {"$subtract": ["$ordered_at", LATE_MS]}}}]
    await database["reorganisations"].update_many({}, earlier)
    assert [await run(take_late_arrivals) for _ in range(2)] == [1, 0]

    places = [one[place] async for one in database[collection].find(going_on)]
    assert places == [OTHER_COMMUNITY]


async def test_a_profile_set_while_its_community_is_merged_is_refused_with_who_took_over(
    town: Town, app: FastAPI, database: Database
) -> None:
    merged = []

    async def overtaken_by_the_merger(work: Work) -> Any:
        await work.load(Division, DIVISIONS, [COMMUNITY])
        if not merged:
            merged.append(await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY))
        means = Means(staff=3, funding=100, premises=200, platform=[])
        return await set_profiles(work, [SetProfile(COMMUNITY, means)], anybody)

    (refused,) = await app.state.running.commands.run(overtaken_by_the_merger)

    assert isinstance(refused, CommunityWithdrawn)
    assert await database["profiles"].count_documents({}) == 0


async def test_whom_an_agreement_places_at_the_moment_when_it_ends_is_placed_anew(
    town: Town, app: FastAPI, database: Database
) -> None:
    unit = await town.register_unit()
    agreement = (await town.sign(unit, COMMUNITY))["id"]
    (member,) = await town.staff(unit, 1, residence="")
    run, ended = app.state.running.commands.run, []

    async def overtaken_by_the_end(work: Work) -> Any:
        await work.load(Division, DIVISIONS, [COMMUNITY])
        if not ended:
            ended.append(await run(end_agreement, agreement, None, anybody))
        return await submit_registrations(work, [SubmitRegistration(member)], anybody)

    (made,) = await run(overtaken_by_the_end)
    early = await run(place_late_arrivals)
    await database["agreements"].update_many({}, [{"$set": {"late_at": {"$subtract": ["$late_at", LATE_MS]}}}])

    assert (made.basis, early) == ("PAIRED_UNIT", 0)
    assert [await run(place_late_arrivals) for _ in range(2)] == [1, 0]
    kept = await database["registrations"].find_one({"_id": made.id})
    assert kept is not None
    assert kept["status"] == "WITHDRAWN"
