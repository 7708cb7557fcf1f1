"""Personal data: the city's notice, members who consent to it, hosts who look up a phone number, a correction; a leave.

A few of those who act for themselves. A reveal is logged each time, so what was done already is looked up.
"""

from collections.abc import Callable

from huijia_demo.city.model import Person
from huijia_demo.figures import CITY
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

NOTICE = {
    "city": CITY,
    "zh": "社区因联系、走访需要,可在您同意后查看您的手机号;每次查看均有记录,您可随时撤回同意。",
    "en": "With your consent the community may see your phone number to get in touch. Each time is logged for you.",
}
PUBLISH = Mutation("publishConsentText", "", "ConsentText", "version")
CONSENT = Mutation("giveConsent", "", "Member")
REVEAL = Mutation("revealPersonalData", "", "RevealedPersonalData", "reveal { id }")
ASK = Mutation("requestDataCorrection", "", "DataCorrection", "id status")
DECIDE = Mutation("decideDataCorrection", "", "DataCorrection", "id status")
LEAVE = Mutation("grantLeave", "", "Registration", known={"LeaveOverlaps": ""})
IN_FORCE = "query($city: ID!) { consentText(division: $city) { version } }"
SELF = """
query {
  me {
    registration { id }
    consent { inForce }
    reveals(first: 1) { nodes { id } }
    corrections(first: 1) { nodes { id status } }
  }
}
"""
NEW_PHONE = "13900001234"


async def handle_personal_data(stage: Stage) -> None:
    people = few(person for person in stage.city.people if person.alone)
    with stage.phase("Personal data", len(people)):
        version = await _notice(stage)
        themselves = dict(zip(people, await stage.each(lambda one: _self(stage, one), people), strict=True))

        async def each(mutation: Mutation, some: list[Person], by: Callable[[Person], str], row: Json) -> None:
            await stage.send(mutation, some, by, lambda one: {"memberId": stage.members[one], **row}, alone=True)

        consenting = [one for one in people if not (themselves[one]["consent"] or {}).get("inForce")]
        await each(CONSENT, consenting, _member(stage), {"version": version})
        unseen = [one for one in people if not themselves[one]["reveals"]["nodes"]]
        seeing = {"fields": ["PHONE"], "purpose": "CONTACT", "note": "入户走访前与本人联系"}
        await each(REVEAL, unseen, lambda one: stage.badges.host(one.community), seeing)
        await _correct(stage, people[0], themselves[people[0]])
        await _leave(stage, people[-1], themselves[people[-1]])


async def _notice(stage: Stage) -> int:
    """The version in force."""
    there = (await stage.endpoint.ask(IN_FORCE, stage.badges.city(), city=CITY))["consentText"]
    if there is None:
        ((_, there),) = await stage.send(PUBLISH, [NOTICE], lambda _: stage.badges.city(), dict, alone=True)
    version: int = there["version"]
    return version


async def _self(stage: Stage, person: Person) -> Json:
    me: Json = (await stage.endpoint.ask(SELF, _member(stage)(person)))["me"]
    return me


async def _correct(stage: Stage, person: Person, themself: Json) -> None:
    """A member has a new number, and the unit takes it over."""
    asked = themself["corrections"]["nodes"]
    if not asked:
        row = {"memberId": stage.members[person], "field": "PHONE", "value": NEW_PHONE, "reason": "已换手机号"}
        asked = [one for _, one in await stage.send(ASK, [person], _member(stage), lambda _: row, alone=True)]
    if asked[0]["status"] == "PENDING":
        decision = {"correctionId": asked[0]["id"], "accept": True}
        await stage.send(DECIDE, [person], _unit(stage), lambda _: decision, alone=True)


async def _leave(stage: Stage, person: Person, themself: Json) -> None:
    row = {"registrationId": themself["registration"]["id"], "startsOn": "2017-07-01", "endsOn": "2017-09-30"}
    await stage.send(LEAVE, [person], _unit(stage), lambda _: {**row, "reason": "外出学习三个月"}, alone=True)


def _member(stage: Stage) -> Callable[[Person], str]:
    return lambda person: stage.badges.member(stage.members[person])


def _unit(stage: Stage) -> Callable[[Person], str]:
    return lambda person: stage.badges.unit(stage.units[person.unit])
