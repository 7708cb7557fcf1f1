"""Entities that several services know are joined by the keys they share, compound ones too."""

from huijia_demo.figures import CITY, MEASURED_YEAR, NOW

from tests.e2e.conftest import Town

AGREEMENTS = """
query Agreements($city: ID!, $year: Int!, $now: Date!) {
  units(within: $city, first: 100) {
    nodes { name agreements(first: 5) { nodes {
      unitId communityCode
      community { name offers(first: 1) { nodes { title } } }
      effect(year: $year, upTo: $now) { registered services hours }
    } } }
  }
}
"""
STANDING = """
query Standing($member: ID!, $year: Int!) {
  standing(memberId: $member, year: $year) {
    services
    member { id unit { name } services(first: 100) { nodes { servedOn } } }
  }
}
"""


async def test_an_agreement_is_joined_with_its_effect_by_unit_and_community(town: Town) -> None:
    answer = await town.endpoint.ask(AGREEMENTS, town.badges.city(), city=CITY, year=MEASURED_YEAR, now=NOW)

    agreements = [one for unit in answer["units"]["nodes"] for one in unit["agreements"]["nodes"]]
    signed = {(town.stage.units[unit], unit.community) for unit in town.scenario.units}
    assert signed < {(one["unitId"], one["communityCode"]) for one in agreements}  # and those of a split unit
    assert all(one["community"]["name"] for one in agreements)
    assert sum(one["effect"]["registered"] for one in agreements) == sum(
        person.fate.completes and person.community == person.unit.community for person in town.scenario.people
    )


async def test_a_standing_is_joined_with_what_the_other_services_know_of_its_member(town: Town) -> None:
    member = next(iter(town.stage.members.values()))

    answer = await town.endpoint.ask(STANDING, town.badges.city(), member=member, year=MEASURED_YEAR)

    standing = answer["standing"]
    served = [one["servedOn"] for one in standing["member"]["services"]["nodes"]]
    assert standing["member"]["id"] == member
    assert standing["member"]["unit"]["name"]
    assert standing["services"] == sum(day.startswith(str(MEASURED_YEAR)) for day in served)
