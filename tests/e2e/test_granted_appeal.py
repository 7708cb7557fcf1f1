"""A granted appeal goes through three services: the published bulletin stays, the next one tells the correction."""

from typing import Any

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Outcome

from tests.e2e.conftest import Town
from tests.support.waiting import eventually

Json = dict[str, Any]

SUBMIT = "mutation($input: SubmitRecordInput!) { done: submitRecord(input: $input) { ... on ServiceRecord { id } } }"
CONFIRM = "mutation($input: ConfirmRecordInput!) { done: confirmRecord(input: $input) { ... on ServiceRecord { id } } }"
FILE = "mutation($input: FileAppealInput!) { done: fileAppeal(input: $input) { ... on Appeal { id } } }"
DECIDE = "mutation($input: DecideAppealInput!) { done: decideAppeal(input: $input) { ... on Appeal { id } } }"
DRAFT = "mutation($input: DraftBulletinInput!) { done: draftBulletin(input: $input) { ... on BulletinIssue { id } } }"
FREEZE = "mutation($input: BulletinInput!) { done: freezeBulletin(input: $input) { ... on BulletinIssue { id } } }"
PUBLISH = "mutation($input: BulletinInput!) { done: publishBulletin(input: $input) { ... on BulletinIssue { id } } }"
ISSUE = """
query($id: ID!) {
  bulletinIssue(id: $id) {
    number digest asOf publishedAt rows { figure value numerator denominator inPeriod }
    corrections { number figure published corrected } file(format: MARKDOWN) { contentBase64 }
  }
}
"""
VISITS = 'query($at: ID!) { indicator(id: person_visits, division: $at, year: 2018, upTo: "2018-02-28") { numerator } }'


async def test_a_granted_appeal_changes_the_next_bulletin_and_leaves_the_published_one_as_it_was(town: Town) -> None:
    served = next(one for one in town.scenario.records if one.outcome is Outcome.CONFIRMED)
    community, member = served.community, town.stage.members[served.person]
    host, county = town.badges.host(community), town.badges.county(county_of(community))

    async def done(document: str, token: str, **input: Any) -> str:
        return str((await town.endpoint.ask(document, token, input=input))["done"]["id"])

    async def visits() -> int:
        return int((await town.endpoint.ask(VISITS, host, at=community))["indicator"]["numerator"])

    async def counted(expected: int) -> None:
        async def so_many() -> bool:
            return await visits() == expected

        await eventually(so_many, within=60)

    async def bulletin(month: int, days: int) -> str:
        period = {"startsOn": f"2018-{month:02}-01", "endsOn": f"2018-{month:02}-{days}"}
        id = await done(DRAFT, county, division=community, **period)
        for step in (FREEZE, PUBLISH):
            await done(step, county, id=id)
        return id

    async def read(id: str) -> Json:
        issue: Json = (await town.endpoint.ask(ISSUE, host, id=id))["bulletinIssue"]
        return issue

    before = await visits()
    record = await done(
        SUBMIT,
        host,
        memberId=member,
        communityCode=community,
        activity="Appealed",
        servedOn="2018-02-03",
        hours="1.5",
        vanguard="VOLUNTEERING",
        provenance="CHECKED_IN",
        reference="appealed",
    )
    await done(CONFIRM, host, recordId=record, method="ON_SITE")
    await counted(before + 1)
    february = await bulletin(2, 28)
    published = await read(february)

    about = {
        "memberId": member,
        "factKind": "SERVICE",
        "factId": record,
        "remedy": "DO_NOT_COUNT",
        "reason": "没有服务",
    }
    appeal = await done(FILE, town.badges.member(member), **about)
    await done(DECIDE, county, id=appeal, grant=True, explanation="经核对属实")
    await counted(before)
    march = await read(await bulletin(3, 31))

    assert await read(february) == published
    assert march["corrections"] == [
        {"number": published["number"], "figure": "person_visits", "published": 1, "corrected": 0}
    ]
    figures = {row["figure"]: row for row in march["rows"]}
    assert figures["person_visits"]["numerator"] == before
