"""After a merger the community that takes over goes on with whatever goes on; what ended stays where it was."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.problem import ProblemStatus
from service_tracking.domain.venue import VenueKind
from service_tracking.messages.consumed import CONSUMED
from service_tracking.storage.collections import (
    BENEFICIARIES,
    CLAIMS,
    OFFERS,
    POLICIES,
    PROBLEMS,
    PROJECTS,
    RECORDS,
    REVEALS,
    SERIES,
    VENUES,
)
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.move_problems import MoveProblem, move_problems
from service_tracking.use_cases.reveal_beneficiary import RevealBeneficiary, reveal_beneficiary
from service_tracking.use_cases.take_over import go_on
from servicekit.bus.apply import Subscriptions, apply_events
from servicekit.bus.messages import Delivery
from servicekit.domain import new_id
from servicekit.events import Event
from servicekit.security import Role

ON = date(2017, 1, 1)
TAKER = "350802999001"
HOST = Person("host")


async def hear(town: Any, into: str, *, kind: str = "MERGE_COMMUNITIES", source: str | None = None) -> Event:
    """Registration's word that this community (or `source`) was merged, as it travels."""
    code = source or town.community
    data = {
        "reorganisation_id": new_id(),
        "kind": kind,
        "sources": [code],
        "target": into,
        "parts": [],
        "effective_on": ON.isoformat(),
        "status": "RUNNING",
        "people": 0,
    }
    fact = "reorganisation-ordered"
    subject = data["reorganisation_id"]
    told = Event(new_id(), "registration", fact, 1, subject, "350802", 1, datetime.now(UTC), data, "c", None, None)
    await apply(town, told)
    return told


async def apply(town: Any, told: Event) -> None:
    received = Subscriptions(CONSUMED).read(Delivery(1, told.id, told.encode(), {}))
    await town.run(apply_events, [received])


async def place(town: Any, collection: str, id: str) -> tuple[str, list[str]]:
    kept = await town.kept(collection, id)
    return kept["community"], [one["community"] for one in kept["earlier_communities"]]


async def test_whatever_goes_on_goes_over_once_and_the_others_hear_of_it(town: Any) -> None:
    await town.agree()
    (member,) = await town.members(1)
    post, series = await town.offer(), await town.series()
    wish = await town.offer(kind=OfferKind.WISH)
    planned = await town.activity(on=day_of(datetime.now(UTC)) + timedelta(days=9))
    await town.beneficiary(wish)
    claim, record = await town.claim(post, member), await town.submit(member)
    problem, project = await town.problem(), await town.project()
    point, programme = await town.venue(VenueKind.SERVICE_POINT), await town.venue(VenueKind.PROGRAMME)

    told = await hear(town, TAKER)
    await apply(town, told)
    await town.run(go_on)

    going_on = [
        *((OFFERS, one.id) for one in (post, wish, planned)),
        (SERIES, series.id),
        (BENEFICIARIES, wish.id),
        (CLAIMS, claim.id),
        (RECORDS, record.id),
        (PROBLEMS, problem.id),
        (PROJECTS, project.id),
        *((VENUES, one.id) for one in (point, programme)),
    ]
    for collection, id in going_on:
        assert await place(town, collection, id) == (TAKER, [town.community]), collection
    facts = [
        (post.id, "offer-moved"),
        (series.id, "recurring-post-moved"),
        (claim.id, "claim-moved"),
        (record.id, "record-moved"),
        (problem.id, "problem-moved"),
        (project.id, "project-moved"),
        (point.id, "service-point-moved"),
        (programme.id, "programme-moved"),
    ]
    for id, fact in facts:
        (moved,) = [event for event in await town.told(id) if event.fact == fact]
        assert moved.data["community"] == TAKER
        assert moved.data["earlier_communities"] == [{"community": town.community, "until": "2017-01-01"}]
        assert moved.causation_id == told.id


async def test_what_ended_stays_and_what_comes_to_life_again_goes_over(town: Any) -> None:
    over, solved = await town.offer(), await town.problem()
    await town.run(close_offer, over.id)
    for to in (ProblemStatus.ACCEPTED, ProblemStatus.RESOLVED):
        await town.run(move_problems, HOST, [MoveProblem(solved.id, to, "done")])

    await hear(town, TAKER)
    kept = [await place(town, OFFERS, over.id), await place(town, PROBLEMS, solved.id)]
    await town.run(move_problems, HOST, [MoveProblem(solved.id, ProblemStatus.REOPENED, "dark again")])
    late = await town.offer()
    await town.run(go_on)

    assert kept == [(town.community, []), (town.community, [])]
    assert await place(town, PROBLEMS, solved.id) == (TAKER, [town.community])
    assert await place(town, OFFERS, late.id) == (TAKER, [town.community])
    assert await place(town, OFFERS, over.id) == (town.community, [])


async def test_the_host_who_takes_over_goes_on_and_the_rules_of_the_day_served_stay(town: Any, api: Any) -> None:
    policy = await town.rule(confirm_within_days=9)
    (member,) = await town.members(1)
    claim, record = await town.claim(await town.offer(), member), await town.submit(member, served_on=date(2016, 12, 1))
    await hear(town, TAKER)

    host = (Role.HOST, TAKER)
    review = "mutation M($id: ID!) { reviewClaim(input: {claimId: $id, decision: APPROVE}) { __typename } }"
    confirm = "mutation M($id: ID!) { confirmRecord(input: {recordId: $id, method: VISIT}) { __typename } }"
    answers = [
        await api.result(review, host, id=claim.id),
        await api.result(confirm, host, id=record.id),
        await api.result(review, (Role.HOST, town.community), id=claim.id),
    ]

    assert [one["__typename"] for one in answers] == ["Claim", "ServiceRecord", "NotPermitted"]
    assert (await town.kept(POLICIES, policy.id))["ends_on"] == "2016-12-31"


async def test_the_log_of_reveals_goes_with_its_household_and_a_second_merger_takes_all_on(town: Any) -> None:
    wish = await town.offer(kind=OfferKind.WISH)
    await town.beneficiary(wish)
    await town.run(reveal_beneficiary, town.vault, RevealBeneficiary(wish.id, "a visit", None))
    last = "350802999002"
    await hear(town, last, source=TAKER)

    await hear(town, TAKER)
    await town.run(go_on)

    (shown,) = await town.database[REVEALS].find({"offer_id": wish.id}).to_list()
    assert await place(town, REVEALS, shown["_id"]) == (last, [town.community, TAKER])
    assert await place(town, OFFERS, wish.id) == (last, [town.community, TAKER])


@pytest.mark.parametrize("kind", ["SPLIT_COMMUNITY", "MERGE_UNITS"])
async def test_a_community_that_is_split_and_goes_on_keeps_all(town: Any, kind: str) -> None:
    post = await town.offer()

    await hear(town, town.community if kind == "SPLIT_COMMUNITY" else TAKER, kind=kind)
    await town.run(go_on)

    assert await place(town, OFFERS, post.id) == (town.community, [])
