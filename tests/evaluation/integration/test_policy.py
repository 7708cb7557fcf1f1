"""Who may ask what: every role against every operation."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from evaluation.api.policy import POLICY
from evaluation.api.schema import subgraph
from evaluation.domain.appeals import Remedy, file
from evaluation.domain.issues import IssueStatus
from evaluation.domain.schemes import Level, Scheme, SchemeStatus
from evaluation.domain.statements import Statement, StatementContent, StatementKind
from evaluation.signing import Signer
from evaluation.storage.collections import APPEALS, BULLETINS, SCHEMES, STATEMENTS
from evaluation.use_cases.keep_facts import keep_facts
from servicekit.domain import Aggregate, SystemClock
from servicekit.graphql import Context
from servicekit.security import ANONYMOUS, Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.evaluation.bulletins import published
from tests.evaluation.facts import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_UNIT,
    UNIT,
    division,
    line,
    registration,
    service,
    unit,
)
from tests.support.entities import entity_fields

SUBGRAPH = subgraph()


def holding(role: Role, scope: str, *permissions: str) -> Principal:
    return Principal("somebody", (Grant(role, scope, permissions=frozenset(permissions)),))


# m1 is on the roster of unit-1, which sits in 350802001, and is registered in a community of the same sub-district.
PRINCIPALS = {
    "nobody": ANONYMOUS,
    "without a role": Principal("somebody"),
    "the member": holding(Role.MEMBER, "m1"),
    "another member": holding(Role.MEMBER, "m2"),
    "the unit": holding(Role.UNIT_ADMIN, UNIT),
    "another unit": holding(Role.UNIT_ADMIN, OTHER_UNIT),
    "the host": holding(Role.HOST, COMMUNITY),
    "another host": holding(Role.HOST, OTHER_COMMUNITY),
    "the sub-district": holding(Role.SUBDISTRICT_ADMIN, "350802001"),
    "the county": holding(Role.COUNTY_ADMIN, "350802"),
    "another county": holding(Role.COUNTY_ADMIN, "350803"),
    "the city": holding(Role.CITY_ADMIN, "350800"),
    "another city": holding(Role.CITY_ADMIN, "350900"),
    "the auditor": holding(Role.AUDITOR, "350802"),
    "another auditor": holding(Role.AUDITOR, "350803"),
    "the line": holding(Role.LINE_ADMIN, "education"),
    "an integration": holding(Role.INTEGRATION, "350800", "Query.standing", "Query.residual", "Agreement.effect"),
    "an integration without permission": holding(Role.INTEGRATION, "350800"),
}
EVERYBODY = set(PRINCIPALS) - {"nobody"}
ABOVE = {"the sub-district", "the county", "the city", "the auditor", "an integration"}

ENTITY = "query Q($one: _Any!) { _entities(representations: [$one]) { ... on %s { %s } } }"
MUTATION = "mutation { %s(input: {%s}) { __typename } }"
APPEALS_SEEN = {"the host", "the sub-district", "the county", "the city", "the auditor"}
COUNTY_AND_ABOVE = {"the county", "the city", "the auditor"}


async def save(work: Work, collection: str, aggregate: Aggregate) -> None:
    work.save(collection, aggregate.model_copy(update={"version": 0}))


def scheme(id: str, edition: int | None, level: Level = Level.COUNTY, line: str | None = None) -> Scheme:
    return Scheme(
        id=id,
        lane="350802",
        division="350802",
        level=level,
        line=line,
        name="2017",
        starts_on=date(2017, 1, 1),
        ends_on=date(2017, 12, 31),
        items=[],
        status=SchemeStatus.PUBLISHED if edition else SchemeStatus.DRAFT,
        edition=edition,
        drafted_by="somebody",
        drafted_at=datetime(2017, 1, 1, tzinfo=UTC),
    )


STATEMENT_SEEN = {"the unit", "the sub-district", *COUNTY_AND_ABOVE}


def statement() -> Statement:
    content = StatementContent(
        kind=StatementKind.PERSON,
        subject="m1",
        year=2017,
        up_to=date(2017, 12, 31),
        as_of=datetime(2018, 1, 1, tzinfo=UTC),
        positions={},
        rows=[],
    )
    return Statement(
        id="st1",
        lane="350802",
        number="PJ-350802-00000-00000-0067",
        kind=content.kind,
        subject="m1",
        unit=UNIT,
        division="350802001",
        year=2017,
        content=content,
        digest=content.digest(),
        signature=None,
        issued_by="somebody",
        issued_at=content.as_of,
    )


OPERATIONS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "indicator": ('{ indicator(id: service_rate, division: "350802", year: 2017) { value } }', {}, EVERYBODY),
    "bulletin": ('{ bulletin(division: "350802", year: 2017) { rows { value } } }', {}, EVERYBODY),
    "standing": (
        '{ standing(memberId: "m1", year: 2017) { services } }',
        {},
        {"the member", "the unit", "the host"} | ABOVE,
    ),
    "standing of a member": (
        ENTITY % ("Member", "standing(year: 2017) { services }"),
        {"__typename": "Member", "id": "m1"},
        {"the member", "the unit", "the host"} | ABOVE,
    ),
    "stars": ('{ standing(memberId: "m1", year: 2017) { stars } }', {}, {"the member"}),
    "stars of a member": (
        ENTITY % ("Member", "standing(year: 2017) { stars }"),
        {"__typename": "Member", "id": "m1"},
        {"the member"},
    ),
    "standing by key": (
        ENTITY % ("Standing", "services"),
        {"__typename": "Standing", "memberId": "m1", "year": 2017},
        {"the member", "the unit", "the host"} | ABOVE,
    ),
    "residual of the county": (
        '{ residual(id: registration_rate, division: "350802") { nodes { id } } }',
        {},
        {"the county", "the city", "the auditor", "an integration"},
    ),
    "residual of the city": (
        '{ residual(id: service_rate, division: "350800") { nodes { id } } }',
        {},
        {"the city", "an integration"},
    ),
    "residual of the unit": (
        '{ residual(id: registration_rate, division: "350800", unit: "unit-1") { nodes { id } } }',
        {},
        {"the unit", "the city", "an integration"},
    ),
    "residual of an indicator": (
        '{ indicator(id: service_rate, division: "350802", year: 2017) { residual { nodes { id } } } }',
        {},
        {"the county", "the city", "the auditor", "an integration"},
    ),
    "figures of a community": (
        ENTITY % ("Community", "figures(year: 2017) { services }"),
        {"__typename": "Community", "code": COMMUNITY},
        EVERYBODY,
    ),
    "indicators of a division": (
        ENTITY % ("Division", "indicators(year: 2017) { value }"),
        {"__typename": "Division", "code": "350802"},
        EVERYBODY,
    ),
    "indicators of a unit": (
        ENTITY % ("Unit", "indicators(year: 2017) { value }"),
        {"__typename": "Unit", "id": UNIT},
        EVERYBODY,
    ),
    "lineIndicators": ('{ lineIndicators(line: "education", division: "350800") { value } }', {}, EVERYBODY),
    "residual of a unit's own indicator": (
        ENTITY % ("Unit", "indicators(year: 2017, ids: [registration_rate]) { residual { nodes { id } } }"),
        {"__typename": "Unit", "id": UNIT},
        {"the unit", "the sub-district", "the county", "the city", "the auditor", "an integration"},
    ),
    "residual of a line": (
        '{ lineIndicators(line: "education", division: "350800", ids: [service_rate]) { residual { nodes { id } } } }',
        {},
        {"the line", "the city", "an integration"},
    ),
    "facts of a unit": (
        ENTITY % ("Unit", "indicators(year: 2017, ids: [person_visits]) { facts { nodes { id } } }"),
        {"__typename": "Unit", "id": UNIT},
        {"the unit", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "bulletinIssue that is published": ('{ bulletinIssue(id: "b2") { digest } }', {}, EVERYBODY),
    "bulletinIssue that is a draft": ('{ bulletinIssue(id: "b1") { digest } }', {}, COUNTY_AND_ABOVE),
    "bulletinIssue by key": (
        ENTITY % ("BulletinIssue", "digest"),
        {"__typename": "BulletinIssue", "id": "b1"},
        COUNTY_AND_ABOVE,
    ),
    "bulletinIssues": ('{ bulletinIssues(division: "350802") { nodes { digest } } }', {}, EVERYBODY),
    "bulletinDrafts": ('{ bulletinDrafts(division: "350802") { nodes { digest } } }', {}, COUNTY_AND_ABOVE),
    "draftBulletin": (
        MUTATION % ("draftBulletin", 'division: "350802", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the county", "the city"},
    ),
    "draftBulletin of a unit": (
        MUTATION % ("draftBulletin", 'unit: "unit-1", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "draftBulletin of a line": (
        MUTATION
        % ("draftBulletin", 'division: "350802", line: "education", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the line", "the county", "the city"},
    ),
    "freezeBulletin of a unit": (
        MUTATION % ("freezeBulletin", 'id: "b3"'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "publishBulletin of a line": (
        MUTATION % ("publishBulletin", 'id: "b4"'),
        {},
        {"the line", "the county", "the city"},
    ),
    "bulletinDrafts of a unit": (
        '{ bulletinDrafts(unit: "unit-1") { nodes { digest } } }',
        {},
        {"the unit", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "bulletinIssues of a line": (
        '{ bulletinIssues(division: "350802", line: "education") { nodes { digest } } }',
        {},
        EVERYBODY,
    ),
    "bulletinIssue that is a unit's draft": (
        '{ bulletinIssue(id: "b3") { digest } }',
        {},
        {"the unit", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "freezeBulletin": (MUTATION % ("freezeBulletin", 'id: "b1"'), {}, {"the county", "the city"}),
    "publishBulletin": (MUTATION % ("publishBulletin", 'id: "b2"'), {}, {"the county", "the city"}),
    "score": ('{ score(division: "350802", year: 2017, schemeId: "p1") { total } }', {}, EVERYBODY),
    "score under a draft": (
        '{ score(division: "350802", year: 2017, schemeId: "d1") { total } }',
        {},
        COUNTY_AND_ABOVE,
    ),
    "scheme that is published": ('{ scheme(id: "p1") { name } }', {}, EVERYBODY),
    "scheme that is a draft": ('{ scheme(id: "d1") { name } }', {}, COUNTY_AND_ABOVE),
    "scheme that is a line's draft": ('{ scheme(id: "l1") { name } }', {}, COUNTY_AND_ABOVE | {"the line"}),
    "schemes of a line": (
        '{ schemes(division: "350802", line: "education") { nodes { name } } }',
        {},
        COUNTY_AND_ABOVE | {"the line"},
    ),
    "score of a unit": ('{ score(unit: "unit-1", year: 2017, schemeId: "p1") { total } }', {}, EVERYBODY),
    "score of a line under its draft": (
        '{ score(line: "education", division: "350802", year: 2017, schemeId: "l1") { total } }',
        {},
        COUNTY_AND_ABOVE | {"the line"},
    ),
    "scheme by key": (ENTITY % ("Scheme", "name"), {"__typename": "Scheme", "id": "d1"}, COUNTY_AND_ABOVE),
    "evaluationAudit": ('{ evaluationAudit(lane: "350802") { nodes { id } } }', {}, {"the auditor"}),
    "schemes": ('{ schemes(division: "350802") { nodes { name } } }', {}, COUNTY_AND_ABOVE),
    "facts": ('{ facts(id: person_visits, division: "350802", year: 2017) { nodes { id } } }', {}, COUNTY_AND_ABOVE),
    "facts of a community": (
        '{ indicator(id: person_visits, division: "350802001001", year: 2017) { facts { nodes { id } } } }',
        {},
        {"the host", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "facts missing from a rate": (
        '{ indicator(id: projects_done, division: "350802001001", year: 2017) { residualFacts { nodes { id } } } }',
        {},
        {"the host", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "draftScheme": (
        MUTATION
        % (
            "draftScheme",
            'division: "350802", level: COUNTY, name: "x", startsOn: "2016-01-01", endsOn: "2016-12-31", items: []',
        ),
        {},
        {"the county", "the city"},
    ),
    "publishScheme": (MUTATION % ("publishScheme", 'id: "p1"'), {}, {"the county", "the city"}),
    "draftScheme of a line": (
        MUTATION
        % (
            "draftScheme",
            'division: "350802", level: UNIT, line: "education", name: "x", startsOn: "2016-01-01", '
            'endsOn: "2016-12-31", items: []',
        ),
        {},
        {"the county", "the city", "the line"},
    ),
    "publishScheme of a line": (
        MUTATION % ("publishScheme", 'id: "l1"'),
        {},
        {"the county", "the city", "the line"},
    ),
    "appeals": ('{ appeals(division: "350802001001") { nodes { id } } }', {}, APPEALS_SEEN),
    "appeal by key": (
        ENTITY % ("Appeal", "reason"),
        {"__typename": "Appeal", "id": "a1"},
        {"the member"} | APPEALS_SEEN,
    ),
    "memberAppeals": ('{ memberAppeals(memberId: "m1") { nodes { id } } }', {}, {"the member"}),
    "fileAppeal": (
        MUTATION % ("fileAppeal", 'memberId: "m1", factKind: SERVICE, factId: "s1", remedy: DO_NOT_COUNT, reason: "x"'),
        {},
        {"the member"},
    ),
    "decideAppeal": (
        MUTATION % ("decideAppeal", 'id: "a1", grant: true, explanation: "x"'),
        {},
        {"the sub-district", "the county", "the city"},
    ),
    "withdrawAppeal": (MUTATION % ("withdrawAppeal", 'id: "a1"'), {}, {"the member"}),
    "issueStatement": (
        MUTATION % ("issueStatement", 'memberId: "m1", year: 2017'),
        {},
        {"the member", "the unit", "the sub-district", "the county", "the city"},
    ),
    "issueStatement of a unit": (
        MUTATION % ("issueStatement", 'unitId: "unit-1", year: 2017'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "statement": ('{ statement(id: "st1") { digest } }', {}, STATEMENT_SEEN | {"the member"}),
    "statement by key": (
        ENTITY % ("Statement", "digest"),
        {"__typename": "Statement", "id": "st1"},
        STATEMENT_SEEN | {"the member"},
    ),
    "statements": ('{ statements(unit: "unit-1") { nodes { digest } } }', {}, STATEMENT_SEEN),
    "verifyStatement": ('{ verifyStatement(number: "PJ-350802-00000-00000-0067") { digest } }', {}, set(PRINCIPALS)),
    "effect of an agreement": (
        ENTITY % ("Agreement", "effect(year: 2017) { services }"),
        {"__typename": "Agreement", "unitId": UNIT, "communityCode": COMMUNITY},
        {"the unit", "the host"} | ABOVE,
    ),
}


def refusals(answer: dict[str, Any]) -> set[str]:
    """NotPermitted, where a mutation answered it; other refusals come after the policy."""
    data = answer.get("data") or {}
    named = {one["__typename"] for one in data.values() if isinstance(one, dict) and "__typename" in one}
    return named & {"NotPermitted"}


@pytest.fixture
async def stocked(database: Database, commands: Commands) -> Database:
    """With the county's bulletins and schemes of 2017: b1 and d1 drafted, b2 and p1 published."""
    for id, status, month in (("b1", "DRAFT", 1), ("b2", "PUBLISHED", 2)):
        bulletin = published().model_copy(
            update={
                "id": id,
                "division": "350802",
                "status": IssueStatus(status),
                "starts_on": date(2017, month, 1),
                "ends_on": date(2017, month, 28),
                "serial": month - 1 or None,
            }
        )
        await commands.run(save, BULLETINS, bulletin)
    of_unit = {"id": "b3", "division": "350802001", "unit": UNIT, "status": IssueStatus.DRAFT, "serial": None}
    of_line = {"id": "b4", "division": "350802", "line": "education", "status": IssueStatus.DRAFT, "serial": None}
    for told in (of_unit, of_line):
        await commands.run(save, BULLETINS, published().model_copy(update=told))
    for one in (scheme("d1", None), scheme("p1", 1), scheme("l1", None, Level.UNIT, "education")):
        await commands.run(save, SCHEMES, one)
    appeal = file(service("s0", "m1"), Remedy.COUNT, None, "x", id="a1", now=SystemClock().now(), by="the member")
    await commands.run(save, APPEALS, appeal)
    await commands.run(save, STATEMENTS, statement())
    facts = [division("350802"), division("350800"), unit(), line("m1"), registration("m1"), service("s1", "m1")]
    await commands.run(keep_facts, facts)
    return database


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_each_role_may_do_what_the_matrix_says_and_nothing_else(
    stocked: Database, commands: Commands, operation: str
) -> None:
    query, representation, allowed = OPERATIONS[operation]

    got_through = set()
    for name, principal in PRINCIPALS.items():
        context = Context(
            policy=SUBGRAPH.policy,
            principal=principal,
            database=stocked,
            commands=commands,
            resources={Signer: Signer(None)},
        )
        answer = await SUBGRAPH.execute(query, context=context, variables={"one": representation})
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])} | refusals(answer)
        assert codes <= {"FORBIDDEN", "NotPermitted"}, (name, answer)
        if not codes:
            got_through.add(name)

    assert got_through == allowed


def test_the_matrix_has_every_operation_of_the_policy() -> None:
    roots = {key.split(".")[1] for key in POLICY if key.startswith(("Query.", "Mutation."))}

    assert roots <= {name.split()[0] for name in OPERATIONS}


def test_the_matrix_asks_for_every_entity_by_its_key() -> None:
    asked = {one["__typename"] for _, one, _ in OPERATIONS.values() if "__typename" in one}

    assert asked == set(entity_fields(SUBGRAPH.sdl))


async def test_a_refusal_comes_in_the_language_asked_for(stocked: Database) -> None:
    messages = {}
    for language in ("zh", "en"):
        context = Context(
            policy=SUBGRAPH.policy, principal=PRINCIPALS["another member"], language=language, database=stocked
        )
        answer = await SUBGRAPH.execute('{ standing(memberId: "m1", year: 2017) { services } }', context=context)
        messages[language] = answer["errors"][0]["message"]

    assert messages["zh"].startswith("您无权")
    assert messages["en"].startswith("You may not")
