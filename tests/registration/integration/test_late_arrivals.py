"""What was being made under a code at the very moment when the code was withdrawn goes over all the same."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from registration.domain.agreements import Support
from registration.domain.organs import OrganKind
from registration.use_cases.create_grids import CreateGrid, create_grids
from registration.use_cases.link_leaders import LinkLeader, link_leaders
from registration.use_cases.register_organs import RegisterOrgan, register_organs
from registration.use_cases.reorganise_communities import LATE, continue_reorganisations, take_late_arrivals
from registration.use_cases.sign_agreements import SignAgreement, sign_agreements
from registration.use_cases.submit_registrations import SubmitRegistration, submit_registrations
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.registration.integration.test_reorganisations import order
from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY
from tests.registration.town import Town

Make = Callable[[Work, str, str], Awaitable[Any]]
FIRST = date(2015, 1, 1)


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

    earlier = [{"$set": {"ordered_at": {"$subtract": ["$ordered_at", LATE / timedelta(milliseconds=1)]}}}]
    await database["reorganisations"].update_many({}, earlier)
    assert [await run(take_late_arrivals) for _ in range(2)] == [1, 0]

    places = [one[place] async for one in database[collection].find(going_on)]
    assert places == [OTHER_COMMUNITY]
