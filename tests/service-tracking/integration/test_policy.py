"""Role by operation: who may do what, on the right scope, on a wrong one, and without a token."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from graphql import ObjectTypeDefinitionNode, parse
from huijia_local.tokens import DevelopmentGrant
from service_tracking.app import SERVICE
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.domain.sample import Draw
from service_tracking.domain.service_certificate import CertificateDraft
from service_tracking.domain.venue import VenueKind
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.draw_sample import draw_sample
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.issue_certificate import IssueCertificate, issue_certificate
from servicekit.security import Role

M, U, H, S, C, CITY, L, A, I = (  # noqa: E741
    Role.MEMBER,
    Role.UNIT_ADMIN,
    Role.HOST,
    Role.SUBDISTRICT_ADMIN,
    Role.COUNTY_ADMIN,
    Role.CITY_ADMIN,
    Role.LINE_ADMIN,
    Role.AUDITOR,
    Role.INTEGRATION,
)
EVERYBODY = set(Role)
READERS = {M, U, H, S, C, CITY, A, I}
PARTICIPANTS = {M, U, H, I}
OFFICIALS = {H, S, C, CITY, I}
GOVERNORS = {S, C, CITY, I}

RULED = {"divisionCode": "$community", "startsOn": "2026-01-01", "backlog": "OLD_RULES", "backdatingDays": 30}
PROBLEM = {"communityCode": "$community", "memberId": "$member", "category": "SAFETY", "description": "a lamp is out"}
STEP = {"problemId": "$problem"}
PROBLEM_STEPS = [
    ("accept", OFFICIALS, STEP),
    ("decline", OFFICIALS, {**STEP, "note": "n"}),
    ("assign", OFFICIALS, {**STEP, "note": "n"}),
    ("resolve", OFFICIALS, {**STEP, "note": "n"}),
    ("confirm", OFFICIALS | {M}, STEP),
    ("reopen", OFFICIALS | {M}, {**STEP, "note": "n"}),
]
PARTIES = {"communityCode": "$community", "unitId": "$unit"}
PARTNERSHIP = [
    ("proposeProject", OFFICIALS | {U}, {**PARTIES, "title": "A reading room"}),
    ("startProject", OFFICIALS, {"projectId": "$project"}),
    ("completeProject", OFFICIALS, {"projectId": "$project"}),
    ("cancelProject", OFFICIALS | {U}, {"projectId": "$project", "reason": "n"}),
    ("recordSupport", OFFICIALS, {**PARTIES, "kind": "FUNDS", "quantity": "1", "measure": "grant", "value": "5000"}),
    ("openServicePoint", OFFICIALS, {"communityCode": "$community", "name": "Gate"}),
    ("launchProgramme", OFFICIALS, {"communityCode": "$community", "name": "Reading"}),
]
OFFER = {"offerId": "$offer"}
POST = {"communityCode": "$community", "title": "Night patrol", "capacity": 2}
RECURRING = {**POST, "recurrence": "FREQ=WEEKLY;BYDAY=SA", "startsOn": "2026-03-05"}
WISH = {"communityCode": "$community", "title": "A lamp"}
CLAIM = {"offerId": "$offer", "memberId": "$member"}
REVIEW = {"claimId": "$claim", "decision": "APPROVE"}
SERVED = {
    "memberId": "$member",
    "communityCode": "$community",
    "activity": "Night patrol",
    "servedOn": "2026-03-05",
    "hours": "1.5",
    "vanguard": "VOLUNTEERING",
}
CONFIRM = {"recordId": "$served", "method": "VISIT"}
NEED = {"communityCode": "$community", "title": "An old couple"}
TEAM = {"communityCode": "$community", "title": "Repairs", "capacity": 15}
LEADER = {"teamId": "$team", "memberId": "$member"}
ACTIVITY = {
    "communityCode": "$community",
    "title": "Clean-up",
    "plannedOn": "2026-03-05",
    "place": "the square",
    "mode": "THEMED",
    "capacity": 20,
    "unitId": "$unit",
}
HELD = {"activityId": "$activity"}
ATTENDED = {"claimId": "$attendee", "attendance": "ATTENDED"}
PAIRING = {"claimId": "$pairing"}
FOLLOW_UP = {"claimId": "$pairing", "happenedOn": "2026-03-05", "note": "all is well"}
HAND_OVER = {"claimId": "$pairing", "toMemberId": "$other"}
BENEFICIARY = {
    "offerId": "$need",
    "name": "林秀英",
    "phone": "13959012345",
    "address": "莲花小区 501",
    "consent": {"version": "2026-1", "givenOn": "2026-03-01"},
}
PAPER = {
    "memberId": "$member",
    "communityCode": "$community",
    "startsOn": "2026-01-01",
    "endsOn": "2026-12-31",
    "holderName": "张三丰",
    "issuer": "社区",
    "personInCharge": "陈",
    "handler": "李",
    "contact": "0597",
}
DRAW = {
    "divisionCode": "$community",
    "startsOn": "2026-01-01",
    "endsOn": "2026-12-31",
    "size": 5,
    "seed": "s",
}
REJECT = {"recordId": "$record", "reason": "nobody came"}

FOR_ANYBODY = {"Query.serviceCertificate"}

# Operation: who may, and what it is called with ($x is filled from the scene).
MATRIX: dict[str, tuple[set[Role], Any]] = {
    "Query.offer": (EVERYBODY, "$offer"),
    "Query.claim": (READERS, "$claim"),
    "Query.serviceRecord": (READERS, "$record"),
    "Query.serviceTrackingAudit": ({A}, {"lane": "350802"}),
    "Query.servicePolicies": (EVERYBODY, {"division": "$community"}),
    **{f"Mutation.{name}{s}": (roles, [row] if s else row) for name, roles, row in PARTNERSHIP for s in ("", "s")},
    "Mutation.reverseSupport": (OFFICIALS, {"supportId": "$support", "reason": "n"}),
    "Mutation.closeServicePoint": (OFFICIALS, {"id": "$point"}),
    "Mutation.endProgramme": (OFFICIALS, {"id": "$programme"}),
    "Mutation.askCorrection": (PARTICIPANTS, {"recordId": "$record", "reason": "n"}),
    "Mutation.decideCorrection": (OFFICIALS, {"recordId": "$record", "decision": "APPROVE"}),
    "Query.problem": (READERS, "$problem"),
    "Mutation.reportProblem": (PARTICIPANTS, PROBLEM),
    "Mutation.reportProblems": (PARTICIPANTS, [PROBLEM]),
    **{
        f"Mutation.{step}Problem{s}": (roles, [row] if s else row)
        for step, roles, row in PROBLEM_STEPS
        for s in ("", "s")
    },
    "Query.serviceCertificate": (EVERYBODY, {"number": "$certificate"}),
    "Mutation.issueServiceCertificate": ({H}, PAPER),
    "Mutation.revokeServiceCertificate": ({H}, {"number": "$certificate", "reason": "n"}),
    "Mutation.openCalendarFeed": ({M}, {"memberId": "$member"}),
    "Mutation.revokeCalendarFeed": ({M}, {"memberId": "$member"}),
    "Mutation.drawSample": (GOVERNORS, DRAW),
    "Mutation.checkSampledRecord": (GOVERNORS, {"sampledId": "$sampled", "finding": "UPHELD"}),
    "Query.samples": (OFFICIALS | {A}, {"divisionCode": "$community"}),
    "Query.beneficiary": (OFFICIALS | {A}, {"offerId": "$household"}),
    "Mutation.recordBeneficiary": ({H, I}, BENEFICIARY),
    "Mutation.recordBeneficiaries": ({H, I}, [BENEFICIARY]),
    "Mutation.revealBeneficiary": ({M, H}, {"offerId": "$household", "purpose": "a visit"}),
    "Mutation.eraseBeneficiary": (OFFICIALS, {"offerId": "$household"}),
    "Mutation.setServicePolicy": (GOVERNORS, RULED),
    "Mutation.endServicePolicy": (GOVERNORS, {"policyId": "$policy", "endsOn": "2026-12-31"}),
    "Mutation.publishPost": (OFFICIALS, POST),
    "Mutation.publishPosts": (OFFICIALS, [POST]),
    "Mutation.publishRecurringPost": (OFFICIALS, RECURRING),
    "Mutation.publishRecurringPosts": (OFFICIALS, [RECURRING]),
    "Mutation.endRecurringPost": (OFFICIALS, {"id": "$series"}),
    "Mutation.publishWish": (OFFICIALS, WISH),
    "Mutation.publishWishes": (OFFICIALS, [WISH]),
    "Mutation.closeOffer": (OFFICIALS, OFFER),
    "Mutation.thankForWish": (OFFICIALS, {**OFFER, "text": "Thank you"}),
    "Mutation.editOffer": (OFFICIALS | {U}, {"offerId": "$activity", "version": 1, "title": "Clean-up"}),
    "Mutation.publishPairingNeed": (OFFICIALS, NEED),
    "Mutation.publishPairingNeeds": (OFFICIALS, [NEED]),
    "Mutation.formTeam": (OFFICIALS, TEAM),
    "Mutation.formTeams": (OFFICIALS, [TEAM]),
    "Mutation.appointLeader": (OFFICIALS, LEADER),
    "Mutation.scheduleActivity": (OFFICIALS | {U}, ACTIVITY),
    "Mutation.scheduleActivities": (OFFICIALS | {U}, [ACTIVITY]),
    "Mutation.holdActivity": (OFFICIALS, HELD),
    "Mutation.holdActivities": (OFFICIALS, [HELD]),
    "Mutation.cancelActivity": (OFFICIALS | {U}, HELD),
    "Mutation.recordAttendance": (OFFICIALS, ATTENDED),
    "Mutation.recordAttendances": (OFFICIALS, [ATTENDED]),
    "Mutation.endPairing": (OFFICIALS, PAIRING),
    "Mutation.endPairings": (OFFICIALS, [PAIRING]),
    "Mutation.logFollowUp": (PARTICIPANTS, FOLLOW_UP),
    "Mutation.logFollowUps": (PARTICIPANTS, [FOLLOW_UP]),
    "Mutation.handOverClaim": (OFFICIALS, HAND_OVER),
    "Mutation.claimOffer": (PARTICIPANTS, CLAIM),
    "Mutation.claimOffers": (PARTICIPANTS, [CLAIM]),
    "Mutation.withdrawClaim": (PARTICIPANTS, {"claimId": "$claim"}),
    "Mutation.reviewClaim": (OFFICIALS, REVIEW),
    "Mutation.reviewClaims": (OFFICIALS, [REVIEW]),
    "Mutation.submitRecord": (PARTICIPANTS, SERVED),
    "Mutation.submitRecords": (PARTICIPANTS, [SERVED]),
    "Mutation.confirmRecord": (OFFICIALS | {U}, CONFIRM),
    "Mutation.confirmRecords": (OFFICIALS | {U}, [CONFIRM]),
    "Mutation.issueConfirmationCode": (OFFICIALS, {"claimId": "$pairing"}),
    "Mutation.issueConfirmationCodes": (OFFICIALS, [{"recordId": "$record"}]),
    "Mutation.confirmByCode": (PARTICIPANTS, {"recordId": "$record", "code": "00000000"}),
    "Mutation.confirmByCodes": (PARTICIPANTS, [{"recordId": "$record", "code": "00000000"}]),
    "Mutation.rejectRecord": (OFFICIALS, REJECT),
    "Mutation.rejectRecords": (OFFICIALS, [REJECT]),
}


@dataclass
class Scene:
    town: Any
    names: dict[str, str]

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        return self.names[value[1:]] if isinstance(value, str) and value.startswith("$") else value

    def grants(self, operation: str) -> dict[Role, DevelopmentGrant]:
        """Of each role the grant that covers this scene."""
        community = self.names["community"]
        scopes = {
            M: self.names["member"],
            U: self.town.unit,
            H: community,
            S: community[:9],
            C: community[:6],
            CITY: "350800",
            L: "education",
            A: "350800",
        }
        permissions = (operation, "Claim", "ServiceRecord", "Problem", "Beneficiary")
        return {
            **{role: DevelopmentGrant(role, scope) for role, scope in scopes.items()},
            I: DevelopmentGrant(I, "350800", permissions),
        }


@pytest.fixture
async def scene(town: Any, request: pytest.FixtureRequest) -> Scene:
    """Only what the operation's row names is made."""
    member, other = await town.members(2)
    await town.agree()
    props = Props(town, member)
    named = set(re.findall(r"\$(\w+)", str(MATRIX[request.getfixturevalue("operation")][1])))
    names = {"community": town.community, "unit": town.unit, "member": member, "other": other}
    makes = {name: getattr(props, name) for name in named if name not in names}
    return Scene(town, names | {name: await make() for name, make in makes.items()})


@dataclass
class Props:
    """Makers of the things that a scene may need, by the name that rows call them."""

    town: Any
    member: str

    async def project(self) -> str:
        return (await self.town.project()).id

    async def support(self) -> str:
        return (await self.town.support()).id

    async def point(self) -> str:
        return (await self.town.venue(VenueKind.SERVICE_POINT)).id

    async def programme(self) -> str:
        return (await self.town.venue(VenueKind.PROGRAMME)).id

    async def problem(self) -> str:
        return (await self.town.problem(self.member)).id

    async def policy(self) -> str:
        return (await self.town.rule(backdating_days=3650)).id

    async def series(self) -> str:
        return (await self.town.series()).id

    async def offer(self) -> str:
        return (await self.town.offer(capacity=5)).id

    async def claim(self) -> str:
        return (await self.town.claim(await self.town.offer(capacity=5), self.member)).id

    async def record(self) -> str:
        return (await self.town.submit(self.member)).id

    async def team(self) -> str:
        return (await self.town.offer(kind=OfferKind.TEAM, leader_id=self.member)).id

    async def pairing(self) -> str:
        need = await self.town.offer(kind=OfferKind.PAIRING, auto_approve=True)
        return (await self.town.claim(need, self.member)).id

    async def certificate(self) -> str:
        record = await self.town.submit(self.member)
        await self.town.run(confirm_records, Person("host"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
        draft = CertificateDraft(self.member, self.town.community, date(2026, 1, 1), date(2026, 12, 31), *"ABCD")
        row = IssueCertificate(draft, "张三丰")
        return (await self.town.run(issue_certificate, Person("host"), self.town.vault, row)).number

    async def sampled(self) -> str:
        record = await self.town.submit(self.member)
        await self.town.run(confirm_records, Person("host"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
        draw = Draw(self.town.community, date(2026, 1, 1), date(2026, 12, 31), 5, "s")
        sample = await self.town.run(draw_sample, draw)
        return f"{sample.id}-000"

    async def need(self) -> str:
        return (await self.town.offer(kind=OfferKind.PAIRING, auto_approve=True)).id

    async def household(self) -> str:
        need = await self.town.offer(kind=OfferKind.PAIRING, auto_approve=True)
        await self.town.beneficiary(need)
        await self.town.claim(need, self.member)
        return need.id

    async def activity(self) -> str:
        return (await self.town.activity(unit_id=self.town.unit)).id

    async def attendee(self) -> str:
        activity = await self.town.activity(auto_approve=True, unit_id=self.town.unit)
        claim = await self.town.claim(activity, self.member)
        await self.town.run(hold_activities, Person("host"), [HoldActivity(activity.id)])
        return claim.id

    async def served(self) -> str:
        """A record on an activity of the unit's."""
        return (await self.town.submit(self.member, claim_id=await self.attendee())).id


def document_of(operation: str, scene: Scene) -> tuple[str, dict[str, Any]]:
    kind, field = operation.split(".")
    value = scene.fill(MATRIX[operation][1])
    if kind == "Query" and isinstance(value, dict):
        given = ", ".join(f'{name}: "{one}"' for name, one in value.items())
        return f"{{ {field}({given}) {{ __typename }} }}", {}
    if kind == "Query":
        return f"query($id: ID!) {{ {field}(id: $id) {{ __typename }} }}", {"id": value}
    stem = f"{field[0].upper()}{field[1:]}"
    if isinstance(value, list):
        row = re.sub(r"(?<=Wish)es$|s$", "", re.sub(r"ies$", "y", stem))
        selection = f"__typename ... on {stem}Payload {{ outcomes {{ __typename }} }}"
        return f"mutation($v: [{row}Input!]!) {{ {field}(inputs: $v) {{ {selection} }} }}", {"v": value}
    stem = "CalendarFeed" if "CalendarFeed" in stem else stem
    return f"mutation($v: {stem}Input!) {{ {field}(input: $v) {{ __typename }} }}", {"v": value}


def permitted(answer: dict[str, Any]) -> bool:
    if "errors" in answer:
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}, answer
        return False
    (result,) = answer["data"].values()
    if result is None:
        return False
    outcomes = result.get("outcomes", [result])
    return all(one["__typename"] != "NotPermitted" for one in outcomes)


def test_every_operation_has_a_row() -> None:
    definitions = parse(SERVICE.subgraph.sdl).definitions
    operations = {
        f"{one.name.value}.{field.name.value}"
        for one in definitions
        if isinstance(one, ObjectTypeDefinitionNode) and one.name.value in ("Query", "Mutation")
        for field in one.fields
        if not field.name.value.startswith("_")
    }

    assert set(MATRIX) == operations


@pytest.mark.parametrize("operation", MATRIX)
async def test_exactly_these_roles_may(operation: str, scene: Scene, api: Any) -> None:
    document, variables = document_of(operation, scene)

    may = {
        role
        for role, grant in scene.grants(operation).items()
        if permitted(await api.ask(document, grant, subject=role.value, **variables))
    }

    assert may == MATRIX[operation][0]


@pytest.mark.parametrize("operation", [name for name, (roles, _) in MATRIX.items() if roles != EVERYBODY])
async def test_nobody_may_on_another_scope(operation: str, scene: Scene, api: Any) -> None:
    document, variables = document_of(operation, scene)
    elsewhere = [
        (M, "another member"),
        (U, "another unit"),
        (H, "350802999999"),
        (S, "350802998"),
        (C, "350803"),
        (CITY, "350900"),
        (A, "350900"),
        DevelopmentGrant(I, "350800", ("Mutation.somethingElse",)),
        DevelopmentGrant(I, "350900", (operation, "Claim", "ServiceRecord", "Problem", "Beneficiary")),
    ]

    for grant in elsewhere:
        assert not permitted(await api.ask(document, grant, **variables)), grant


@pytest.mark.parametrize("operation", [name for name in MATRIX if name not in FOR_ANYBODY])
async def test_nobody_may_without_a_token(operation: str, scene: Scene, api: Any) -> None:
    document, variables = document_of(operation, scene)

    assert not permitted(await api.send(document, None, **variables))
