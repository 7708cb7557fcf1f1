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
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.evaluation.bulletins import published
from tests.evaluation.facts import UNIT, division, line, registration, service, unit
from tests.evaluation.matrix import appeals, bulletins, figures, schemes, statements
from tests.evaluation.matrix.principals import PRINCIPALS
from tests.support.entities import entity_fields

SUBGRAPH = subgraph()
OPERATIONS = {
    name: asked
    for subject in (figures, bulletins, schemes, appeals, statements)
    for name, asked in subject.OPERATIONS.items()
}


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
