"""The database's side of questions: indexes for every read, and a number of reads that does not grow with the rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.api.certificates import check
from service_tracking.api.open311.queries import find_problems
from service_tracking.app import SERVICE
from service_tracking.domain.claim import Attendance, Decision
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.problem import ProblemStatus
from service_tracking.domain.project import ProjectStatus
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.domain.sample import Draw, Finding
from service_tracking.domain.service_certificate import CertificateDraft
from service_tracking.domain.succession import Succession
from service_tracking.domain.support import Gift, SupportKind
from service_tracking.domain.venue import VenueKind
from service_tracking.storage.calendar_feeds import claims_of_feed
from service_tracking.use_cases.appoint_leader import AppointLeader, appoint_leader
from service_tracking.use_cases.calendar_feeds import open_feed
from service_tracking.use_cases.cancel_activity import cancel_activity
from service_tracking.use_cases.check_sampled import CheckSampled, check_sampled
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.close_venue import close_venue
from service_tracking.use_cases.confirm_by_codes import ConfirmByCode, confirm_by_codes
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.draw_sample import draw_sample
from service_tracking.use_cases.end_pairings import EndPairing, end_pairings
from service_tracking.use_cases.end_policy import end_policy
from service_tracking.use_cases.end_series import end_series
from service_tracking.use_cases.erase_beneficiaries import erase_what_is_over
from service_tracking.use_cases.expand_series import expand_series
from service_tracking.use_cases.expire import close_ended_offers, expire_claims, remind_claims
from service_tracking.use_cases.hand_over_claim import HandOverClaim, hand_over_claim
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.issue_certificate import IssueCertificate, issue_certificate
from service_tracking.use_cases.log_follow_ups import LogFollowUp, log_follow_ups
from service_tracking.use_cases.move_problems import MoveProblem, move_problems
from service_tracking.use_cases.move_projects import MoveProject, move_projects
from service_tracking.use_cases.record_supports import RecordSupport, record_supports
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.release_offers import go_on_releasing
from service_tracking.use_cases.reveal_beneficiary import RevealBeneficiary, reveal_beneficiary
from service_tracking.use_cases.reverse_support import reverse_support
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records
from service_tracking.use_cases.take_attendance import TakeAttendance, take_attendance
from service_tracking.use_cases.take_over import go_on, take_over
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.mongo import CODEC

ABOUT_THE_SESSION = {"lsid", "txnNumber", "autocommit", "startTransaction", "readConcern", "$db", "$clusterTime"}
HOST = Person("host")
PRINCIPALS = [
    Principal("city", (Grant(Role.CITY_ADMIN, "350800"),)),
    Principal("unit", (Grant(Role.UNIT_ADMIN, "unit"),)),
    Principal("both", (Grant(Role.MEMBER, "m"), Grant(Role.HOST, "350802000001"))),
]
NESTED = """
query($of: [_Any!]!, $first: Int = 5) {
  _entities(representations: $of) {
    ... on Member {
      claims(first: $first) { nodes { status position offer { title waiting claims { nodes { id member { id } } } } } }
      approved: claims(first: $first, status: APPROVED) { nodes { id } }
      services(first: $first, status: null) { nodes { hours claim { status offer { title } } } }
    }
    ... on Community {
      offers(first: $first) { nodes { title } }
      wishes: offers(first: $first, kind: WISH, status: PUBLISHED) { nodes { title } }
      open: claims(first: $first, status: PENDING) { nodes { id } }
      records(first: $first, status: SUBMITTED) { nodes { id flags } }
    }
    ... on Post { title }
    ... on Claim { status }
    ... on ServiceRecord { activity }
  }
}
"""


KINDS = """
query($of: [_Any!]!, $first: Int = 5) {
  _entities(representations: $of) {
    ... on Project { title supports { nodes { value } } }
    ... on SupportEntry { kind }
    ... on ServicePoint { name }
    ... on Programme { name }
    ... on Unit { projects { nodes { id } } supports { nodes { reversedBy } } }
    ... on Unit { activities(first: $first) { nodes { id } } held: activities(status: HELD) { nodes { id } } }
    ... on PairingNeed { followUps(first: $first) { nodes { note } } }
    ... on Claim { followUps(first: $first) { nodes { note } } }
    ... on FollowUp { note }
    ... on Member { serviceCertificates { nodes { number state } } }
    ... on ServicePolicy { startsOn }
    ... on Problem { status }
    ... on Member { problems { nodes { description } } solved: problems(status: RESOLVED) { nodes { id } } }
    ... on Community { problems(first: $first) { nodes { history { by } } } }
    ... on Community { projects { nodes { unit { id } supports { nodes { id } } } } supports { nodes { note } } }
    ... on RecurringPost { posts { nodes { series { id } } } }
    ... on Community { recurringPosts { nodes { title } } }
    ... on Community { servicePoints { nodes { id } } programmes { nodes { id } } }
    ... on Community { serviceRules(on: "2026-03-05") { rounding } }
  }
}
"""


async def ask(town: Any, principal: Principal, document: str, **variables: Any) -> Any:
    subgraph = SERVICE.subgraph
    context = Context(
        policy=subgraph.policy, principal=principal, database=town.database, commands=town.commands, language="en"
    )
    answer = await subgraph.execute(document, context=context, variables=variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def entities(town: Any, members: list[str]) -> list[dict[str, str]]:
    return [
        *({"__typename": "Member", "id": member} for member in members),
        {"__typename": "Community", "code": town.community},
    ]


@pytest.fixture
async def stocked(town: Any) -> Any:
    """A community with 20 members, each with three claims and thirty records."""
    town.all = await town.members(20)
    town.offers = [await town.offer(capacity=500, auto_approve=True) for _ in range(3)]
    rows = [ClaimOffer(offer.id, member) for member in town.all for offer in town.offers]
    town.claims = await town.run(claim_offers, HOST, rows)
    served = [
        SubmitRecord(claim.member_id, town.service(reference=f"{town.community}:{claim.id}:{number}"), claim.id)
        for claim in town.claims
        for number in range(10)
    ]
    town.records = []
    for start in range(0, len(served), 500):
        town.records += await town.run(submit_records, HOST, served[start : start + 500])
    return town


async def every_question(town: Any) -> None:
    keys = [
        {"__typename": "Post", "id": town.offers[0].id},
        {"__typename": "Claim", "id": town.claims[0].id},
        {"__typename": "ServiceRecord", "id": town.records[0].id},
    ]
    for principal in PRINCIPALS:
        await ask(town, principal, NESTED, of=[*entities(town, town.all), *keys])
        await ask(town, principal, KINDS, of=kinds(town))
        await ask(town, principal, '{ servicePolicies(division: "350802") { nodes { id } } }')
        context = Context(policy=SERVICE.subgraph.policy, principal=principal, database=town.database)
        for asked in ({"jurisdiction_id": "350802"}, {"service_request_id": "any,other"}):
            await find_problems(context, asked)


def kinds(town: Any) -> list[dict[str, str]]:
    return [
        {"__typename": "Unit", "id": town.unit},
        {"__typename": "PairingNeed", "id": town.offers[0].id},
        {"__typename": "Claim", "id": town.claims[0].id},
        {"__typename": "FollowUp", "id": "any"},
        {"__typename": "ServicePolicy", "id": "any"},
        *(
            {"__typename": name, "id": "any"}
            for name in ("Problem", "RecurringPost", "Project", "SupportEntry", "ServicePoint", "Programme")
        ),
        {"__typename": "Member", "id": town.all[0]},
        {"__typename": "Community", "code": town.community},
    ]


async def every_command(town: Any) -> None:
    """Through the graph, so that what the policy reads is seen too."""
    host = Principal("host", (Grant(Role.HOST, town.community),))
    (member,) = await town.members(1)
    offer, claim, record = town.offers[0].id, town.claims[0].id, town.records[0].id
    served = {"activity": "a", "servedOn": "2026-03-05", "hours": "1", "vanguard": "MEDIATION", "memberId": member}
    await ask(town, host, "mutation($v: ClaimOfferInput!) { claimOffer(input: $v) { __typename } }",
              v={"offerId": offer, "memberId": member})  # fmt: skip
    await ask(town, host, "mutation($v: SubmitRecordInput!) { submitRecord(input: $v) { __typename } }",
              v={**served, "reference": "r"})  # fmt: skip
    await ask(town, host, "mutation($v: PublishWishInput!) { publishWish(input: $v) { __typename } }",
              v={"communityCode": town.community, "title": "w", "reference": "w"})  # fmt: skip
    await ask(town, host, "mutation($v: WithdrawClaimInput!) { withdrawClaim(input: $v) { __typename } }",
              v={"claimId": claim})  # fmt: skip
    await ask(town, host, "mutation($v: ConfirmRecordInput!) { confirmRecord(input: $v) { __typename } }",
              v={"recordId": record, "method": "VISIT"})  # fmt: skip
    await town.run(review_claims, [ReviewClaim(town.claims[1].id, Decision.DECLINE)])
    await town.run(withdraw_claim, town.claims[2].id)
    await town.run(confirm_records, HOST, [ConfirmRecord(town.records[1].id, ConfirmationMethod.VISIT)])
    await town.run(reject_records, HOST, [RejectRecord(town.records[2].id, "no")])
    await town.run(close_offer, town.offers[2].id)
    await every_command_of_kinds(town)
    await every_command_for_beneficiaries(town)
    await town.hear(town.fact(town.all[0], status="ENDED", version=9))


async def every_command_for_beneficiaries(town: Any) -> None:
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)
    await town.beneficiary(need)
    claim = await town.claim(need, town.all[4])
    await town.run(reveal_beneficiary, town.vault, RevealBeneficiary(need.id, "a visit", claim.id))
    code = await town.code(claim_id=claim.id)
    record = await town.submit(town.all[4], claim_id=claim.id)
    await town.run(confirm_by_codes, town.vault, [ConfirmByCode(record.id, code)])
    await town.run(erase_what_is_over)
    draft = CertificateDraft(town.all[4], town.community, date(2026, 1, 1), date(2026, 12, 31), *"ABCD", reference="a")
    paper = await town.run(issue_certificate, Person("host"), town.vault, IssueCertificate(draft, "张三丰"))
    await check(town.database, town.vault, paper.number)
    _, token = await town.run(open_feed, town.all[4])
    await claims_of_feed(town.database, token)
    sample = await town.run(draw_sample, Draw(town.community, date(2026, 1, 1), date(2026, 12, 31), 5, "s"))
    await town.run(check_sampled, Person("street"), CheckSampled(f"{sample.id}-000", Finding.UPHELD))


async def every_command_of_kinds(town: Any) -> None:
    policy = await town.rule(most_hours_per_day=Decimal(24))
    await town.submit(town.all[3], served_on=date(2026, 3, 6))
    await town.run(confirm_records, HOST, [ConfirmRecord(town.records[3].id, ConfirmationMethod.VISIT)])
    await town.agree()
    project = await town.project(reference=town.community)
    await town.run(move_projects, HOST, [MoveProject(project.id, ProjectStatus.STARTED)])
    gift = Gift(town.community, town.unit, SupportKind.VENUE, Decimal(40), "m2", Decimal(0), reference=town.community)
    (support,) = await town.run(record_supports, HOST, [RecordSupport(gift, project.id)])
    await town.run(reverse_support, support.id, "a wrong entry")
    point = await town.venue(VenueKind.SERVICE_POINT, reference=town.community)
    await town.run(close_venue, VenueKind.SERVICE_POINT, point.id, None)
    problem = await town.problem(town.all[3], reference=town.community)
    await town.run(move_problems, HOST, [MoveProblem(problem.id, ProblemStatus.ACCEPTED)])
    await town.run(end_policy, policy.id, date(2016, 1, 1))
    first, second = town.all[1:3]
    team = await town.offer(kind=OfferKind.TEAM, leader_id=first, capacity=2)
    await town.run(appoint_leader, AppointLeader(team.id, first))
    pairing = await town.claim(await town.offer(kind=OfferKind.PAIRING, auto_approve=True), first)
    await town.run(log_follow_ups, HOST, [LogFollowUp(pairing.id, date(2026, 3, 5), "fine")])
    pairing = await town.run(hand_over_claim, HandOverClaim(pairing.id, second))
    await town.run(end_pairings, HOST, [EndPairing(pairing.id)])
    held, cancelled = await town.activity(unit_id=town.unit, auto_approve=True), await town.activity()
    claim = await town.claim(held, first)
    await town.claim(cancelled, first)
    await town.run(hold_activities, HOST, [HoldActivity(held.id)])
    await town.run(take_attendance, HOST, [TakeAttendance(claim.id, Attendance.ATTENDED)])
    await town.run(cancel_activity, cancelled.id)
    await town.run(go_on_releasing)
    await town.run(go_on)
    await town.run(take_over, {"350802998001": Succession("350802998001", town.community, date(2026, 1, 1))}, {})
    await waiting_and_expiry(town)


async def waiting_and_expiry(town: Any) -> None:
    offer = await town.offer(auto_approve=True)
    first, second, third = await town.members(3)
    claims = [await town.claim(offer, member, wait=True) for member in (first, second, third)]
    key = {"__typename": "Claim", "id": claims[2].id}
    document = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Claim { position } } }"
    assert (await ask(town, PRINCIPALS[0], document, of=[key]))["_entities"] == [{"position": 2}]
    await town.run(withdraw_claim, claims[0].id)
    await town.run(remind_claims)
    await town.run(expire_claims)
    await town.run(close_ended_offers)
    series = await town.series(reference=town.community)
    await town.run(expand_series)
    await town.run(end_series, series.id)


def stages(plan: Any) -> set[str]:
    """The names of all stages of a plan that was chosen, and how its lookups were done."""
    if isinstance(plan, list):
        return {name for one in plan for name in stages(one)}
    if not isinstance(plan, dict):
        return set()
    found = {plan["stage"]} if isinstance(plan.get("stage"), str) else set()
    if plan.get("collectionScans"):
        found.add("COLLSCAN")
    if plan.get("indexesUsed"):
        found.add("IXSCAN")
    return found | {name for key, one in plan.items() if key != "rejectedPlans" for name in stages(one)}


async def explain(town: Any, command: dict[str, Any]) -> Any:
    plain = {name: value for name, value in command.items() if name not in ABOUT_THE_SESSION}
    return await town.database.command("explain", plain, verbosity="executionStats", codec_options=CODEC)


async def test_every_read_runs_on_an_index(stocked: Any, watch: Any) -> None:
    with watch.reads() as sent:
        await every_question(stocked)
        await every_command(stocked)

    reads = [command for command in sent if "getMore" not in command]
    assert len(reads) > 30
    for command in reads:
        found = stages(await explain(stocked, command))
        assert not found & {"COLLSCAN", "SORT"}, (command, found)
        assert found & {"IXSCAN", "IDHACK", "EXPRESS_IXSCAN", "EOF"}, (command, found)


async def test_every_write_finds_its_documents_by_an_index(stocked: Any, watch: Any) -> None:
    before = len(watch.sent)

    await every_command(stocked)

    updates = [command for name, command in watch.sent[before:] if name == "update" and command["update"] != "outbox"]
    assert len(updates) > 8
    for command in updates:
        found = stages(await explain(stocked, {**command, "updates": command["updates"][:1]}))
        assert "COLLSCAN" not in found, command


@pytest.mark.parametrize("principal", PRINCIPALS, ids=lambda one: one.subject)
async def test_nested_lists_take_as_many_reads_for_20_members_as_for_2(
    stocked: Any, watch: Any, principal: Principal
) -> None:
    counts = []
    for members in (stocked.all[:2], stocked.all):
        with watch.reads() as sent:
            await ask(stocked, principal, NESTED, of=entities(stocked, members))
        counts.append(len(sent))

    # Not always equal: two loads of one type are one query when both are asked in the same turn of the loop.
    assert max(counts) <= 13


@pytest.mark.parametrize(
    "question",
    [
        "records(first: 5, status: SUBMITTED)",
        "records(first: 5)",
        "claims(first: 5, status: APPROVED)",
        "claims(first: 5)",
    ],
)
@pytest.mark.parametrize("principal", ["city", "host"])
async def test_a_page_of_a_long_list_examines_little_more_than_itself(
    stocked: Any, watch: Any, question: str, principal: str
) -> None:
    grants = {"city": Grant(Role.CITY_ADMIN, "350800"), "host": Grant(Role.HOST, stocked.community)}
    selection = f"... on Community {{ {question} {{ nodes {{ __typename }} }} }}"
    document = f"query($of: [_Any!]!) {{ _entities(representations: $of) {{ {selection} }} }}"

    with watch.reads() as sent:
        await ask(stocked, Principal("p", (grants[principal],)), document, of=entities(stocked, []))

    (command,) = sent
    plan = await explain(stocked, command)
    examined = [int(stage["totalDocsExamined"]) for stage in plan["stages"] if "totalDocsExamined" in stage]
    assert sum(examined) <= 20
