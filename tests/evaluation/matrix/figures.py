"""Figures, residual lists, facts, and the standings of members."""

from tests.evaluation.facts import COMMUNITY, UNIT
from tests.evaluation.matrix.principals import (
    ABOVE,
    COUNTY_AND_ABOVE,
    ENTITY,
    EVERYBODY,
    Operations,
)

OPERATIONS: Operations = {
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
    "evaluationAudit": ('{ evaluationAudit(lane: "350802") { nodes { id } } }', {}, {"the auditor"}),
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
    "effect of an agreement": (
        ENTITY % ("Agreement", "effect(year: 2017) { services }"),
        {"__typename": "Agreement", "unitId": UNIT, "communityCode": COMMUNITY},
        {"the unit", "the host"} | ABOVE,
    ),
}
