"""Two members find the hours of a service wrong: the county grants one appeal, and rejects the other."""

import asyncio
from decimal import Decimal
from time import monotonic

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Outcome, Person, Record
from huijia_demo.figures import MEASURED_YEAR
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import PATIENCE_SECONDS, PAUSE_SECONDS, Mutation
from huijia_demo.play.problems import NotYet
from huijia_demo.play.stage import Stage

FILE = Mutation("fileAppeal", "", "Appeal", "id status")
DECIDE = Mutation("decideAppeal", "", "Appeal", "id status")
FILED = """
query($member: ID!) { memberAppeals(memberId: $member, first: 1) { nodes { id status } } }
"""
HOURS = """
query($member: ID!, $year: Int!) { standing(memberId: $member, year: $year) { hours } }
"""
SERVED = """
query($member: ID!, $after: String, $first: Int!) {
  member(id: $member) {
    services(first: $first, after: $after) { nodes { id servedOn } pageInfo { hasNextPage endCursor } }
  }
}
"""
MORE = Decimal("0.5")


async def appeal(stage: Stage) -> None:
    """Raises NotYet when what was granted is not counted within two minutes."""
    granted, rejected, *_ = _with_a_service(stage)
    with stage.phase("Appeals", 2):
        for person in (granted, rejected):
            await _appeal(stage, person, grant=person is granted)
        await _counted(stage, granted)


def _with_a_service(stage: Stage) -> list[Person]:
    return list(
        dict.fromkeys(record.person for record in stage.city.records if record.person.alone and _counts(record))
    )


def _counts(record: Record) -> bool:
    return record.outcome is Outcome.CONFIRMED and record.served_on.year == MEASURED_YEAR


async def _appeal(stage: Stage, person: Person, *, grant: bool) -> None:
    member = stage.members[person]
    token = stage.badges.member(member)
    appeals = (await stage.endpoint.ask(FILED, token, member=member))["memberAppeals"]["nodes"]
    if not appeals:
        row = await _wrong_hours(stage, person)
        appeals = [one for _, one in await stage.send(FILE, [row], lambda _: token, dict, alone=True)]
    if appeals[0]["status"] == "OPEN":
        county = stage.badges.county(county_of(person.community))
        decision = {"id": appeals[0]["id"], "grant": grant, "explanation": "经与服务记录核对"}
        await stage.send(DECIDE, [decision], lambda _: county, dict, alone=True)


async def _wrong_hours(stage: Stage, person: Person) -> Json:
    """The first service of the year was longer than it says."""
    member = stage.members[person]
    services = await stage.nodes(SERVED, stage.badges.member(member), ("member", "services"), member=member)
    record = _appealed(stage, person)
    (id,) = (one["id"] for one in services if one["servedOn"] == record.served_on.isoformat())
    return {
        "memberId": member,
        "factKind": "SERVICE",
        "factId": id,
        "remedy": "CORRECT_HOURS",
        "hours": str(record.hours + MORE),
        "reason": "当天服务多于所记时长",
    }


def _appealed(stage: Stage, person: Person) -> Record:
    return next(record for record in stage.city.records if record.person is person and _counts(record))


async def _counted(stage: Stage, person: Person) -> None:
    """Evaluation tells the service's owner, which corrects the record and tells evaluation."""
    member = stage.members[person]
    served = sum(record.hours for record in stage.city.records if record.person is person and _counts(record))
    deadline = monotonic() + PATIENCE_SECONDS
    while await _hours(stage, member) != served + MORE:
        if monotonic() > deadline:
            raise NotYet("an appeal's correction", PATIENCE_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


async def _hours(stage: Stage, member: str) -> Decimal:
    answer = await stage.endpoint.ask(HOURS, stage.badges.member(member), member=member, year=MEASURED_YEAR)
    return Decimal(answer["standing"]["hours"])
