"""Appeals through the graph; a granted one is told to the owner of the fact and shows in the next bulletin."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from evaluation.api.schema import subgraph
from evaluation.domain.appeals import DECIDE_WITHIN
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import About
from evaluation.domain.periods import period
from evaluation.storage import bulletins
from evaluation.storage.collections import APPEALS
from evaluation.use_cases.appeals import escalate_appeals
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin, publish_bulletin
from servicekit.domain import FixedClock, SystemClock
from servicekit.events import Event
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.outbox import OUTBOX

from tests.evaluation.events import consume, division, record

SUBGRAPH = subgraph()
MEMBER = Principal("the member", (Grant(Role.MEMBER, "m1"),))
OTHER = Principal("another", (Grant(Role.MEMBER, "m2"),))
HOST = Principal("the host", (Grant(Role.HOST, "350802001001"),))
SUBDISTRICT = Principal("the sub-district", (Grant(Role.SUBDISTRICT_ADMIN, "350802001"),))
COUNTY = Principal("the county", (Grant(Role.COUNTY_ADMIN, "350802"),))
BOTH = Principal("the member", (Grant(Role.MEMBER, "m1"), Grant(Role.COUNTY_ADMIN, "350802")))


class Graph:
    def __init__(self, database: Database, commands: Commands) -> None:
        self.database = database
        self.commands = commands

    async def __call__(self, query: str, principal: Principal) -> dict[str, Any]:
        context = Context(policy=SUBGRAPH.policy, principal=principal, database=self.database, commands=self.commands)
        return await SUBGRAPH.execute(query, context=context)

    async def change(self, principal: Principal, name: str, input: str) -> dict[str, Any]:
        answer = await self(
            f"mutation {{ {name}(input: {{{input}}}) {{ "
            "... on Appeal { id status overdue explanation } ... on Refusal { code path } } }",
            principal,
        )
        assert "errors" not in answer, answer
        changed: dict[str, Any] = answer["data"][name]
        return changed

    async def file(self, fact: str = "1", remedy: str = "COUNT", principal: Principal = MEMBER) -> dict[str, Any]:
        member = principal.grants[0].scope
        asked = f'memberId: "{member}", factKind: SERVICE, factId: "{fact}", remedy: {remedy}, reason: "为何"'
        return await self.change(principal, "fileAppeal", asked)

    async def decide(self, id: str, principal: Principal = SUBDISTRICT, grant: bool = True) -> dict[str, Any]:
        asked = f'id: "{id}", grant: {str(grant).lower()}, explanation: "查实"'
        return await self.change(principal, "decideAppeal", asked)

    async def told(self) -> list[Event]:
        rows = self.database[OUTBOX].find().sort("_id")
        return [Event.decode(row["body"]) async for row in rows]


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Graph:
    """m1's service 1 was rejected, service 4 confirmed."""
    events = [record("1", 2, "REJECTED", member="m1"), record("4", 2, "CONFIRMED", member="m1")]
    await consume(commands, [division("350800", "龙岩市", "CITY"), *events])
    return Graph(database, commands)


async def test_a_granted_appeal_is_told_to_the_service_that_owns_the_fact(graph: Graph) -> None:
    filed = await graph.file()

    granted = await graph.decide(filed["id"])

    assert (granted["status"], granted["explanation"]) == ("GRANTED", "查实")
    events = await graph.told()
    assert [event.fact for event in events] == ["appeal-filed", "appeal-granted"]
    assert events[1].lane == "350802"
    assert (events[1].data["fact_kind"], events[1].data["fact_id"], events[1].data["remedy"]) == (
        "service",
        "1",
        "COUNT",
    )
    assert "reason" not in events[1].data


async def test_a_granted_appeal_changes_the_next_bulletin_and_leaves_the_published_one(
    graph: Graph, commands: Commands, database: Database
) -> None:
    async def issue(month: int, last: int) -> str:
        asked = period(date(2017, month, 1), date(2017, month, last))
        draft = await commands.run(draft_bulletin, About("350800"), asked)
        await commands.run(freeze_bulletin, draft.id)
        return (await commands.run(publish_bulletin, draft.id)).id

    march = await issue(3, 31)
    before = (await bulletins.find(database, [march]))[march]
    appeal = (await graph.file())["id"]
    await graph.decide(appeal)
    # What service tracking tells when it has corrected the record.
    await consume(commands, [record("1", 3, "CONFIRMED", member="m1")])
    april = await issue(4, 30)

    issues = await bulletins.find(database, [march, april])
    assert issues[march] == before
    content = issues[april].content
    assert content is not None
    assert [(one.number, one.figure, one.published, one.corrected) for one in content.corrections] == [
        ("2017-1", IndicatorId.person_visits, 1, 2)
    ]
    assert content.appeals == [appeal]


async def test_a_member_appeals_about_own_facts_only(graph: Graph) -> None:
    others_fact = await graph.file(principal=OTHER)
    unknown = await graph.file(fact="none")
    for_another = await graph.change(
        OTHER, "fileAppeal", 'memberId: "m1", factKind: SERVICE, factId: "1", remedy: COUNT, reason: "x"'
    )
    not_of_persons = await graph.change(
        MEMBER, "fileAppeal", 'memberId: "m1", factKind: CLAIM, factId: "1", remedy: COUNT, reason: "x"'
    )

    codes = [one["code"] for one in (others_fact, unknown, for_another, not_of_persons)]
    assert codes == ["NotFound", "NotFound", "NotPermitted", "InvalidInput"]


async def test_one_version_of_a_fact_has_one_appeal_even_when_filed_at_once(graph: Graph, commands: Commands) -> None:
    filed = await asyncio.gather(*(graph.file() for _ in range(4)))
    await consume(commands, [record("1", 5, "REJECTED", member="m1")])
    again = await graph.file()

    assert sorted(one.get("code", "filed") for one in filed) == ["AppealExists"] * 3 + ["filed"]
    assert again["status"] == "OPEN"


async def test_two_decisions_at_once_have_one_outcome(graph: Graph) -> None:
    filed = await graph.file()

    decided = await asyncio.gather(
        graph.decide(filed["id"], SUBDISTRICT, grant=True), graph.decide(filed["id"], COUNTY, grant=False)
    )

    assert sorted(one.get("code", "decided") for one in decided) == ["AppealClosed", "decided"]
    assert len(await graph.told()) == 2


async def test_the_host_and_the_member_decide_nothing(graph: Graph) -> None:
    filed = await graph.file()

    codes = [(await graph.decide(filed["id"], who))["code"] for who in (HOST, MEMBER, BOTH)]

    assert codes == ["NotPermitted", "NotPermitted", "OwnAppeal"]


@pytest.mark.parametrize("decision", ["decided_by", "corrected_by"])
async def test_whoever_decided_about_the_service_does_not_decide_the_appeal(
    graph: Graph, commands: Commands, decision: str
) -> None:
    who: Any = {decision: str(SUBDISTRICT.subject)}
    await consume(commands, [record("1", 3, "REJECTED", member="m1", **who)])
    filed = await graph.file()

    own, above = await graph.decide(filed["id"], SUBDISTRICT), await graph.decide(filed["id"], COUNTY)

    assert (own["code"], above["status"]) == ("OwnDecision", "GRANTED")


async def test_an_overdue_appeal_is_decided_by_the_county(graph: Graph) -> None:
    filed = await graph.file()
    past = SystemClock().now() - timedelta(seconds=1)
    await graph.database[APPEALS].update_one(
        {"_id": filed["id"]}, {"$set": {"decide_by": past, "filed_at": past - DECIDE_WITHIN}}
    )

    listed = await graph('{ appeals(division: "350802") { nodes { id overdue } } }', COUNTY)
    late, county = await graph.decide(filed["id"], SUBDISTRICT), await graph.decide(filed["id"], COUNTY)

    assert listed["data"]["appeals"]["nodes"] == [{"id": filed["id"], "overdue": True}]
    assert (late["code"], county["status"]) == ("NotPermitted", "GRANTED")


async def test_workers_that_look_at_once_tell_an_overdue_appeal_once(graph: Graph, database: Database) -> None:
    overdue, closed = await graph.file(), await graph.file("4", "DO_NOT_COUNT")
    await graph.decide(closed["id"])
    later = FixedClock(SystemClock().now() + DECIDE_WITHIN + timedelta(minutes=1))
    worker = Commands(database, source="evaluation", clock=later)

    in_time = await graph.commands.run(escalate_appeals)
    counts = await asyncio.gather(*(worker.run(escalate_appeals) for _ in range(4)))

    assert (in_time, sum(counts)) == (0, 1)
    told = [event.data["appeal_id"] for event in await graph.told() if event.fact == "appeal-overdue"]
    assert told == [overdue["id"]]
    listed = await graph('{ appeals(division: "350802") { nodes { id escalatedAt } } }', COUNTY)
    assert [one["id"] for one in listed["data"]["appeals"]["nodes"] if one["escalatedAt"]] == [overdue["id"]]


async def test_a_withdrawn_appeal_is_closed(graph: Graph) -> None:
    filed = await graph.file()

    withdrawn = await graph.change(MEMBER, "withdrawAppeal", f'id: "{filed["id"]}"')

    assert withdrawn["status"] == "WITHDRAWN"
    assert (await graph.decide(filed["id"]))["code"] == "AppealClosed"
    assert (await graph.change(MEMBER, "withdrawAppeal", 'id: "none"'))["code"] == "NotFound"


async def test_a_member_sees_the_own_appeals_and_nobody_elses(graph: Graph) -> None:
    filed = await graph.file()
    query = '{ memberAppeals(memberId: "m1") { nodes { id reason status } } }'

    own, others = await graph(query, MEMBER), await graph(query, OTHER)

    assert own["data"]["memberAppeals"]["nodes"] == [{"id": filed["id"], "reason": "为何", "status": "OPEN"}]
    assert others["errors"][0]["extensions"]["code"] == "FORBIDDEN"
