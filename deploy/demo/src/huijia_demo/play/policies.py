"""A community wants services told within a month, also those that wait: one of them is then too late to be confirmed.

Its subdistrict rules for a day that has not come, and takes that back.
"""

from huijia_demo.city.model import Outcome, Record
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.problems import PlayError
from huijia_demo.play.records import CONFIRM, confirmation, submit
from huijia_demo.play.stage import Stage

SET = Mutation("setServicePolicy", "", "ServicePolicy", "id endsOn")
END = Mutation("endServicePolicy", "", "ServicePolicy", known={"PolicyEnded": "on"})
TOO_LATE = Mutation(CONFIRM.name, "", "ServiceRecord", known={"OutsideWindow": "days"})
THERE = """
query($of: ID!) { servicePolicies(division: $of, first: 1) { nodes { id } } }
"""
WITHIN_A_MONTH: Json = {"startsOn": "2015-06-01", "endsOn": "2017-12-31", "backlog": "NEW_RULES", "backdatingDays": 31}
# A limit of the city's would not hold there. The term is over before anything is played in it.
TRIED: Json = {
    "startsOn": "2014-01-01",
    "endsOn": "2014-12-31",
    "backlog": "OLD_RULES",
    "lifted": ["MOST_HOURS_PER_DAY"],
}


async def rule(stage: Stage) -> None:
    """When all services are recorded. Raises PlayError where a service that is too late was confirmed."""
    waiting = next((one for one in stage.city.records if one.outcome is Outcome.SUBMITTED), None)
    if waiting is None:
        return
    with stage.phase("Policies", 2):
        await _set(stage, waiting.community, WITHIN_A_MONTH)
        subdistrict = waiting.community[:9]
        policy = await _set(stage, subdistrict, TRIED)
        ended = {"policyId": policy, "endsOn": "2014-06-30"}
        await stage.send(END, [ended], lambda _: stage.badges.city(), dict, alone=True)
        await _try(stage, waiting)


async def _set(stage: Stage, division: str, ruled: Json) -> str:
    """The policy's id; set now, where the division has none."""
    nodes: list[Json] = (await stage.endpoint.ask(THERE, stage.badges.city(), of=division))["servicePolicies"]["nodes"]
    if not nodes:
        row = {"divisionCode": division, **ruled}
        nodes = [made for _, made in await stage.send(SET, [row], lambda _: stage.badges.city(), dict, alone=True)]
    id: str = nodes[0]["id"]
    return id


async def _try(stage: Stage, record: Record) -> None:
    ids = await submit(stage, [record])
    outcomes = await stage.send(
        TOO_LATE,
        list(ids),
        lambda one: stage.badges.host(one.community),
        lambda one: confirmation(one, ids[one]),
        alone=True,
    )
    if any(outcome["__typename"] != "OutsideWindow" for _, outcome in outcomes):
        raise PlayError(
            f"A service was confirmed that the policy of {record.community} holds for too late. "
            "Look at its `servicePolicies` and at .local/logs/service-tracking.log."
        )
