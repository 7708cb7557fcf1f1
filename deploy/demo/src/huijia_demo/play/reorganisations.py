"""A community and a unit are split and merged back, and whoever went over comes home: no figure changes.

Each step is looked up first, since a second one would be refused, or be a second one.
"""

import asyncio
from time import monotonic

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Person, Unit
from huijia_demo.city.units import partner_units
from huijia_demo.play.activities import SCHEDULE
from huijia_demo.play.divisions import IMPORT
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import PATIENCE_SECONDS, PAUSE_SECONDS, Mutation
from huijia_demo.play.problems import NotYet
from huijia_demo.play.programmes import LAUNCH
from huijia_demo.play.stage import Stage, few, grouped
from huijia_demo.play.units import REGISTER

SPLIT = Mutation("splitCommunity", "", "Reorganisation")
MERGE = Mutation("mergeCommunities", "", "Reorganisation")
SPLIT_UNIT = Mutation("splitUnit", "", "Reorganisation")
MERGE_UNITS = Mutation("mergeUnits", "", "Reorganisation")
TRANSFER = Mutation("transferMember", "", "Member")
SIGN = Mutation("signAgreement", "", "Agreement", known={"AgreementAlreadyActive": "agreementId"})
END = Mutation("endAgreement", "", "Agreement")
# Service tracking has not heard of the merger yet.
NOT_YET = frozenset({"NotPermitted"})
CANCEL = Mutation("cancelActivity", "", "Activity", known={"ActivityOver": ""}, not_yet=NOT_YET)
END_PROGRAMME = Mutation("endProgramme", "", "Programme", known={"StepNotPossible": ""}, not_yet=NOT_YET)
GROUP = Mutation("createGroup", "", "Group", known={"GroupAlreadyExists": "groupId"})
SQUAD = Mutation("createSquad", "", "Squad", known={"SquadAlreadyExists": "squadId"})
PLACE = Mutation("placeRegistration", "", "Registration")
LEAD = Mutation("nameSquadLeader", "", "Squad")
MADE = """
query($division: ID!, $first: Int!, $after: String) {
  reorganisations(division: $division, first: $first, after: $after) {
    nodes { kind status sources target parts } pageInfo { hasNextPage endCursor }
  }
}
"""
ME = "query { me { registration { id squad { id } } } }"
ON = "2017-11-01"
COMMUNITY_DIGITS = 12
APART = {"effectiveOn": ON, "reason": "试点单独设置"}
TOGETHER = {"effectiveOn": ON, "reason": "试点期满,恢复原建制"}


async def reorganise(stage: Stage) -> None:
    with stage.phase("Mergers and splits", 2):
        await _reorganise_community(stage, *_neighbours(stage))
        stage.advance(1)
        await _reorganise_unit(stage, *_colleagues(stage))
        await _done(stage)
        stage.advance(1)


async def _done(stage: Stage) -> None:
    """The workers go on with what an order left to do."""
    deadline = monotonic() + PATIENCE_SECONDS
    while any(one["status"] != "DONE" for one in await _reorganisations(stage, stage.city.units[0].county)):
        if monotonic() > deadline:
            raise NotYet("a reorganisation's end", PATIENCE_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


async def bring_together(stage: Stage) -> None:
    """What an interrupted play left apart, before anybody is looked for at home."""
    home, _ = _neighbours(stage)
    if _pilot(home) in await _made(stage, home, "SPLIT_COMMUNITY"):
        await _plan_and_merge(stage, home)
    unit, _ = _colleagues(stage)
    for pilot in await _made(stage, unit.county, "SPLIT_UNIT"):
        await _merge_unit(stage, pilot, unit)


async def _reorganise_community(stage: Stage, home: str, people: list[Person]) -> None:
    """A few people get a community of their own, which plans something; theirs takes both over again."""
    pilot = _pilot(home)
    if pilot not in await _made(stage, home, "SPLIT_COMMUNITY"):
        await stage.endpoint.ask(IMPORT, stage.badges.city(), input={"rows": [{"code": pilot, "name": "试点社区"}]})
        part = {"communityCode": pilot, "memberIds": [stage.members[one] for one in people]}
        await stage.send_one(SPLIT, stage.badges.city(), {"code": home, "rest": home, "parts": [part], **APART})
    activity, programme = await _plan_and_merge(stage, home)
    host = stage.badges.host(home)
    await stage.send_one(CANCEL, host, {"activityId": activity})
    await stage.send_one(END_PROGRAMME, host, {"id": programme})
    await _gather(stage, home, people)


async def _plan_and_merge(stage: Stage, home: str) -> tuple[str, str]:
    """The pilot's activity and programme, which go over to the community that it came from."""
    pilot = _pilot(home)
    host = stage.badges.host(pilot)
    occasion = {"plannedOn": "2017-12-20", "place": "社区广场", "mode": "THEMED", "capacity": 20}
    meeting = {"communityCode": pilot, "title": "试点社区见面会", "reference": "pilot-meeting", **occasion}
    neighbours = {"communityCode": pilot, "name": "试点社区邻里项目", "reference": "pilot-programme"}
    activity = await stage.send_one(SCHEDULE, host, meeting)
    programme = await stage.send_one(LAUNCH, host, neighbours)
    if home not in await _made(stage, home, "MERGE_COMMUNITIES"):
        await stage.send_one(MERGE, stage.badges.city(), {"codes": [pilot], "into": home, **TOGETHER})
    return str(activity["id"]), str(programme["id"])


async def _gather(stage: Stage, home: str, people: list[Person]) -> None:
    """Home again they are placed anew, in a group and a squad of their grid."""
    host, grid = stage.badges.host(home), stage.grids[stage.city.placements[people[0]]]
    group = await stage.send_one(GROUP, host, {"gridId": grid, "name": "第一党小组"})
    squad = await stage.send_one(SQUAD, host, {"gridId": grid, "name": "先锋小队"})
    squad_id = squad.get("squadId") or squad["id"]
    place = {"gridId": grid, "groupId": group.get("groupId") or group["id"], "squadId": squad_id}
    for person in people:
        token = stage.badges.member(stage.members[person])
        registration = (await stage.endpoint.ask(ME, token))["me"]["registration"]
        if registration["squad"] is None:
            await stage.send_one(PLACE, host, {"registrationId": registration["id"], **place})
            await stage.send_one(LEAD, host, {"squadId": squad_id, "memberId": stage.members[person]})


async def _reorganise_unit(stage: Stage, unit: Unit, people: list[Person]) -> None:
    """A few members, and an agreement, get a unit of their own; one comes back by transfer, the rest by merger."""
    if await _made(stage, unit.county, "SPLIT_UNIT"):
        return
    city, unit_id = stage.badges.city(), stage.units[unit]
    pilot, members = await _pilot_unit(stage), [stage.members[one] for one in people]
    part = {"unitId": pilot, "memberIds": members, "agreementIds": [await _signed(stage, unit, unit_id)]}
    await stage.send_one(SPLIT_UNIT, city, {"unitId": unit_id, "parts": [part], **APART})
    await stage.send_one(TRANSFER, city, {"memberId": members[0], "toUnitId": unit_id, "effectiveOn": ON})
    await _merge_unit(stage, pilot, unit)


async def _merge_unit(stage: Stage, pilot: str, unit: Unit) -> None:
    """With the members who are left; the agreement that went with them is ended before."""
    city, unit_id = stage.badges.city(), stage.units[unit]
    if unit_id not in await _made(stage, unit.county, "MERGE_UNITS"):
        await stage.send_one(END, city, {"id": await _signed(stage, unit, pilot), "endedOn": ON})
        await stage.send_one(MERGE_UNITS, city, {"unitId": pilot, "into": unit_id, **TOGETHER})


async def _signed(stage: Stage, unit: Unit, unit_id: str) -> str:
    """An agreement beside the one of the scenario, with another community of the county."""
    codes = (one.code for one in stage.city.divisions if len(one.code) == COMMUNITY_DIGITS)
    other = next(code for code in codes if county_of(code) == unit.county and code != unit.community)
    row = {"unitId": unit_id, "communityCode": other, "support": ["VENUE"], "startsOn": ON}
    outcome = await stage.send_one(SIGN, stage.badges.city(), row)
    return str(outcome.get("agreementId") or outcome["id"])


async def _pilot_unit(stage: Stage) -> str:
    """One unit more than the scenario has."""
    unit = partner_units(len(stage.city.units) + 1, stage.city.communities)[-1]
    county = {"division": stage.city.units[0].county}
    row = {"name": unit.name, "creditCode": unit.credit_code, "line": unit.line, **county}
    outcome = await stage.send_one(REGISTER, stage.badges.city(), row)
    return str(outcome.get("unitId") or outcome["id"])


def _pilot(home: str) -> str:
    """A code that the generated table leaves free."""
    return f"{home[:9]}199"


async def _made(stage: Stage, within: str, kind: str) -> list[str]:
    """To whom reorganisations of this kind took people over, in the county."""
    made = [one for one in await _reorganisations(stage, county_of(within)) if one["kind"] == kind]
    return [taker for one in made for taker in one["parts"] or [one["target"]]]


async def _reorganisations(stage: Stage, county: str) -> list[Json]:
    return await stage.nodes(MADE, stage.badges.city(), ("reorganisations",), division=county)


def _neighbours(stage: Stage) -> tuple[str, list[Person]]:
    """A community, and a few who live in one grid of it."""
    placed = ((person, grid) for person, grid in stage.city.placements.items() if person.settled)
    grid, people = next(iter(grouped(placed, lambda one: one[1]).items()))
    return grid.community, few(person for person, _ in people)


def _colleagues(stage: Stage) -> tuple[Unit, list[Person]]:
    """A unit, and a few on its roster."""
    unit, people = next(iter(grouped((one for one in stage.city.people if one.settled), lambda one: one.unit).items()))
    return unit, few(people)
