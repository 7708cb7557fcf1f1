"""Pairings, teams and activities, on the real database and as their clients see them."""

import asyncio
from datetime import date
from typing import Any

import pytest
from service_tracking.domain.claim import Attendance, Claim, ClaimStatus
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import (
    ActivityNotHeld,
    ActivityOver,
    AlreadyClaimed,
    LeaderNotInTeam,
    MemberNotRegistered,
    NoAgreement,
    NotAPairing,
)
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases import release_offers
from service_tracking.use_cases.appoint_leader import AppointLeader, appoint_leader
from service_tracking.use_cases.cancel_activity import cancel_activity
from service_tracking.use_cases.end_pairings import EndPairing, end_pairings
from service_tracking.use_cases.hand_over_claim import HandOverClaim, hand_over_claim
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.log_follow_ups import LogFollowUp, log_follow_ups
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.take_attendance import TakeAttendance, take_attendance
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.domain import Refusal, new_id
from servicekit.security import Role
from servicekit.storage.work import restore

HOST = Person("host")
SCHEDULE = """mutation($inputs: [ScheduleActivityInput!]!) { scheduleActivities(inputs: $inputs) {
  ... on ScheduleActivitiesPayload { outcomes { __typename ... on Activity { id unit { id } agreementId mode }
  ... on Refusal { path message } } } } }"""
HOLD = """mutation($inputs: [HoldActivityInput!]!) { holdActivities(inputs: $inputs) {
  ... on HoldActivitiesPayload { outcomes { __typename ... on Refusal { path message } } } } }"""
FOLLOW_UPS = """query($id: ID!) { offer(id: $id) { ... on PairingNeed { title followUps { nodes { note } } } } }"""


class Killed(BaseException):
    """Ends a unit of work as the end of its process does: nothing handles it."""


async def pairing(town: Any, member: str) -> Any:
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)
    return await town.claim(need, member)


async def test_a_pairing_is_followed_up_and_completed_with_its_need(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await pairing(town, member)

    logged = only(await town.run(log_follow_ups, HOST, [LogFollowUp(claim.id, date(2026, 3, 5), "all is well")]))
    ended = only(await town.run(end_pairings, HOST, [EndPairing(claim.id)]))

    assert ended.status is ClaimStatus.COMPLETED
    assert (await town.kept(OFFERS, claim.offer_id))["status"] == "CLOSED"
    (told,) = await town.told(logged.id)
    assert "note" not in told.data
    assert [event.fact for event in await town.told(claim.id)] == ["claim-approved", "claim-completed"]


async def test_a_follow_up_sent_twice_is_one_entry(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await pairing(town, member)
    row = LogFollowUp(claim.id, date(2026, 3, 5), "all is well", "visit 1")

    sent = await asyncio.gather(*(town.run(log_follow_ups, HOST, [row, row]) for _ in range(3)))

    assert len({entry.id for entries in sent for entry in entries}) == 1
    assert await town.database["follow_ups"].count_documents({"claim_id": claim.id}) == 1


async def test_only_pairings_are_followed_up(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(auto_approve=True), member)

    (refused,) = await town.run(log_follow_ups, HOST, [LogFollowUp(claim.id, date(2026, 3, 5), "note")])

    assert isinstance(refused, NotAPairing)


async def test_a_helper_who_leaves_frees_the_need_for_another(town: Any) -> None:
    first, second = await town.members(2)
    claim = await pairing(town, first)
    need = await town.run(withdraw_claim, claim.id)

    again = await town.claim(await _offer(town, need.offer_id), second)

    assert again.status is ClaimStatus.APPROVED


async def test_a_pairing_handed_over_never_has_two_helpers_nor_none(town: Any) -> None:
    first, second = await town.members(2)
    claim = await pairing(town, first)

    successor = await town.run(hand_over_claim, HandOverClaim(claim.id, second))

    assert (successor.member_id, successor.status, successor.succeeds) == (second, ClaimStatus.APPROVED, claim.id)
    assert (await town.kept(CLAIMS, claim.id))["status"] == "HANDED_OVER"
    assert (await town.kept(OFFERS, claim.offer_id))["places_left"] == 0


async def test_a_claim_handed_over_to_two_at_once_goes_to_one(town: Any) -> None:
    first, second, third = await town.members(3)
    claim = await pairing(town, first)

    outcomes = await asyncio.gather(
        *(town.run(hand_over_claim, HandOverClaim(claim.id, member)) for member in (second, third)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
    assert await town.database[CLAIMS].count_documents({"offer_id": claim.offer_id, "status": "APPROVED"}) == 1


async def test_who_has_a_live_claim_can_not_be_handed_another(town: Any) -> None:
    first, second = await town.members(2)
    post = await town.offer(capacity=5, auto_approve=True)
    claim, other = await town.claim(post, first), await town.claim(post, second)

    with pytest.raises(AlreadyClaimed) as refused:
        await town.run(hand_over_claim, HandOverClaim(claim.id, second))

    assert refused.value.fields["claim_id"] == other.id


async def test_a_member_reads_only_the_follow_ups_of_the_own_pairing(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    claim = await pairing(town, member)
    await town.run(log_follow_ups, HOST, [LogFollowUp(claim.id, date(2026, 3, 5), "all is well")])

    seen = [await api.result(FOLLOW_UPS, (Role.MEMBER, one), id=claim.offer_id) for one in (member, "another")]

    assert [one["followUps"]["nodes"] for one in seen] == [[{"note": "all is well"}], []]


async def test_a_team_starts_with_its_leader_and_loses_it_with_the_claim(town: Any) -> None:
    leader, other = await town.members(2)
    team = await town.offer(kind=OfferKind.TEAM, capacity=3, leader_id=leader, auto_approve=True)
    claim = await town.database[CLAIMS].find_one({"offer_id": team.id})
    assert (claim["member_id"], claim["status"]) == (leader, "APPROVED")
    assert (await town.kept(OFFERS, team.id))["places_left"] == 2

    await town.run(withdraw_claim, claim["_id"])

    kept = await town.kept(OFFERS, team.id)
    assert (kept["leader_id"], kept["places_left"]) == (None, 3)
    with pytest.raises(LeaderNotInTeam):
        await town.run(appoint_leader, AppointLeader(team.id, other))
    await town.claim(team, other)
    assert (await town.run(appoint_leader, AppointLeader(team.id, other))).leader_id == other


async def test_a_team_needs_a_registered_leader(town: Any) -> None:
    with pytest.raises(MemberNotRegistered):
        await town.offer(kind=OfferKind.TEAM, capacity=3, leader_id=new_id())

    assert await town.database[OFFERS].count_documents({"community": town.community}) == 0


async def test_a_leader_of_a_team_who_is_no_longer_registered_leads_it_no_longer(town: Any) -> None:
    (leader,) = await town.members(1)
    team = await town.offer(kind=OfferKind.TEAM, capacity=3, leader_id=leader)

    await town.hear(town.fact(leader, status="ENDED", version=4))

    assert (await town.kept(OFFERS, team.id))["leader_id"] is None


async def test_a_collective_activity_needs_an_agreement_in_force_on_its_day(town: Any, api: Any) -> None:
    await town.agree(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    row = {"communityCode": town.community, "title": "Clean-up", "place": "x", "mode": "THEMED", "capacity": 9}
    days = ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"]
    inputs = [{**row, "plannedOn": day, "unitId": town.unit} for day in days]

    answer = await api.result(SCHEDULE, (Role.UNIT_ADMIN, town.unit), inputs=inputs)

    kinds = [outcome["__typename"] for outcome in answer["outcomes"]]
    assert kinds == ["NoAgreement", "Activity", "Activity", "NoAgreement"]
    assert answer["outcomes"][0]["path"] == "inputs.0.unitId"
    assert answer["outcomes"][1]["unit"] == {"id": town.unit}
    assert answer["outcomes"][1]["agreementId"] == f"agreement of {town.unit} with {town.community}"


async def test_an_agreement_that_ended_early_covers_nothing_after(town: Any) -> None:
    await town.agree(ends_on=date(2027, 1, 1))
    await town.agree(version=2, ends_on=date(2027, 1, 1), ended_on=date(2026, 2, 1))

    with pytest.raises(NoAgreement):
        await town.activity(unit_id=town.unit, on=date(2026, 3, 5))


async def test_a_collective_activity_is_held_on_a_day_that_an_agreement_covers(town: Any, api: Any) -> None:
    await town.agree(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    activities = [await town.activity(unit_id=town.unit, on=date(2026, 3, 5)) for _ in range(3)]
    days = ["2025-12-31", "2026-01-01", None]
    inputs = [{"activityId": one.id, "heldOn": day} for one, day in zip(activities, days, strict=True)]

    answer = await api.result(HOLD, (Role.HOST, town.community), inputs=inputs)

    assert [outcome["__typename"] for outcome in answer["outcomes"]] == ["NoAgreement", "Activity", "Activity"]
    assert answer["outcomes"][0]["path"] == "inputs.0.heldOn"
    assert (await town.kept(OFFERS, activities[0].id))["status"] == "PUBLISHED"


async def test_attendance_is_taken_when_the_activity_was_held_and_can_be_corrected(town: Any) -> None:
    (member,) = await town.members(1)
    activity = await town.activity(auto_approve=True)
    claim = await town.claim(activity, member)
    (early,) = await town.run(take_attendance, HOST, [TakeAttendance(claim.id, Attendance.ATTENDED)])

    await town.run(hold_activities, HOST, [HoldActivity(activity.id)])
    for attendance in (Attendance.NO_SHOW, Attendance.EXCUSED):
        only(await town.run(take_attendance, HOST, [TakeAttendance(claim.id, attendance)]))

    assert isinstance(early, ActivityNotHeld)
    assert (await town.kept(CLAIMS, claim.id))["attended"]["attendance"] == "EXCUSED"
    assert (await town.told(claim.id))[-1].data["attendance"] == "EXCUSED"
    (held,) = [event for event in await town.told(activity.id) if event.fact == "offer-held"]
    assert (held.data["mode"], held.data["held_on"]) == ("THEMED", "2026-03-05")


async def test_an_activity_cancelled_releases_its_claims_and_is_never_held(town: Any) -> None:
    activity = await town.activity(auto_approve=True)
    claims = [await town.claim(activity, member) for member in await town.members(3)]

    await town.run(cancel_activity, activity.id)

    assert {(await town.kept(CLAIMS, claim.id))["status"] for claim in claims} == {"RELEASED"}
    assert (await town.kept(OFFERS, activity.id))["places_left"] == activity.capacity
    (refused,) = await town.run(hold_activities, HOST, [HoldActivity(activity.id)])
    assert isinstance(refused, ActivityOver)


async def test_a_crowd_on_a_cancelled_activity_is_released_in_steps_of_which_a_kill_loses_none(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_offers, "MOST", 2)
    activity = await town.activity(capacity=3, auto_approve=True)
    claims = [await town.claim(activity, member, wait=True) for member in await town.members(5)]
    release, left = Claim.release, iter([1])

    def killed(claim: Claim, now: Any) -> bool:
        if next(left, None) is None:
            raise Killed
        return release(claim, now)

    async def live() -> int:
        return await town.database[CLAIMS].count_documents({"offer_id": activity.id, "ended_at": None})

    cancelled = await town.run(cancel_activity, activity.id)
    after_the_first = await live()
    monkeypatch.setattr(Claim, "release", killed)
    with pytest.raises(Killed):
        await town.run(release_offers.go_on_releasing)
    after_the_kill = await live()
    monkeypatch.setattr(Claim, "release", release)
    while await town.run(release_offers.go_on_releasing):
        pass

    assert (cancelled.status, after_the_first, after_the_kill, await live()) == (OfferStatus.CANCELLED, 3, 3, 0)
    kept = await town.kept(OFFERS, activity.id)
    assert (kept["places_left"], kept["releasing"]) == (3, False)
    told = [event.fact for claim in claims for event in await town.told(claim.id)]
    assert told.count("claim-released") == 5


@pytest.mark.parametrize("auto_approve", [True, False])
async def test_cancel_against_claim_leaves_no_live_claim(town: Any, auto_approve: bool) -> None:
    for member in await town.members(8):
        activity = await town.activity(capacity=1, auto_approve=auto_approve)

        await asyncio.gather(
            town.run(cancel_activity, activity.id), town.claim(activity, member), return_exceptions=True
        )

        live = {"offer_id": activity.id, "status": {"$in": ["PENDING", "APPROVED"]}}
        assert await town.database[CLAIMS].count_documents(live) == 0
        assert (await town.kept(OFFERS, activity.id))["status"] == OfferStatus.CANCELLED


async def _offer(town: Any, id: str) -> Offer:
    return restore(Offer, await town.kept(OFFERS, id))
