"""The demo city comes out as published, however often and with whatever interruptions it is played."""

from huijia_demo.bulletin import read_bulletin
from huijia_demo.figures import CITY, FIGURES, MEASURED_YEAR, NOW, SERVICE_RATE
from huijia_demo.play.stage import HANDFUL
from huijia_demo.residuals import read_residuals

from tests.e2e.conftest import SCALE, Town

RESIDUALS = """
query($division: ID!, $year: Int!, $now: Date!) {
  registrationRate: indicator(id: registration_rate, division: $division, year: $year, upTo: $now) {
    residual { nodes { id } }
  }
  serviceRate: indicator(id: service_rate, division: $division, year: $year, upTo: $now) {
    residual { nodes { id name unit { name } standing(year: $year) { services } } }
  }
}
"""

HANDFULS = {
    "registration.consent_texts": 1,
    "registration.consents": HANDFUL,
    "registration.reveals": 2 * HANDFUL,
    "registration.data_corrections": 1,
    "service-tracking.series": 1,
    "service-tracking.policies": 2,
    "service-tracking.supports": HANDFUL,
    "service-tracking.beneficiaries": 2 * HANDFUL,
    "service-tracking.reveals": 2 * HANDFUL,
    "service-tracking.certificates": HANDFUL,
    "service-tracking.samples": 1,
    "service-tracking.sampled": HANDFUL,
    "service-tracking.calendar_feeds": HANDFUL,
    "evaluation.appeals": 2,
    "evaluation.statements": 2,
    "evaluation.schemes": 1,
    "evaluation.bulletins": 1,
}


async def test_every_row_of_the_bulletin_is_as_expected_though_answers_got_lost_on_the_way(town: Town) -> None:
    differing = {row.figure.label: (row.expected, row.measured) for row in town.rows if not row.equal}

    assert len(town.rows) == len(FIGURES)
    assert differing == {}


async def test_playing_again_doubles_nothing(town: Town) -> None:
    stored, counted = await town.stored(), await read_bulletin(town.stage)

    again = await town.replay()

    assert await town.stored() == stored
    assert await read_bulletin(again) == counted
    assert stored["service-tracking.records"] == len(town.scenario.records)
    leaders = sum(offer.leader is not None for offer in town.scenario.offers)
    assert stored["service-tracking.claims"] == len(town.scenario.claims) + leaders + HANDFUL
    assert stored["service-tracking.problems"] == len(town.scenario.problems) + HANDFUL
    assert stored["service-tracking.projects"] == len(town.scenario.projects)
    assert stored["registration.organs"] == len(town.scenario.organs)
    assert stored["registration.appointments"] == len(town.scenario.appointments)


async def test_of_what_needs_no_count_there_is_a_handful_however_often_answers_got_lost(town: Town) -> None:
    stored = await town.stored()

    assert {name: stored[name] for name in HANDFULS} == HANDFULS


async def test_whoever_is_missing_from_a_rate_is_named_to_those_who_must_act(town: Town) -> None:
    answer = await town.endpoint.ask(RESIDUALS, town.badges.city(), division=CITY, year=MEASURED_YEAR, now=NOW)

    served = SERVICE_RATE.expected(SCALE)
    missing = answer["serviceRate"]["residual"]["nodes"]
    assert len(missing) == (served.denominator or 0) - served.numerator == 1
    assert missing[0]["standing"]["services"] == 1
    assert missing[0]["unit"]["name"]
    assert answer["registrationRate"]["residual"]["nodes"] == []
    assert [one.equal for one in await read_residuals(town.stage)] == [True, True]
