"""Evaluation statements."""

from tests.evaluation.matrix.principals import COUNTY_AND_ABOVE, ENTITY, MUTATION, PRINCIPALS, Operations

STATEMENT_SEEN = {"the unit", "the sub-district", *COUNTY_AND_ABOVE}

OPERATIONS: Operations = {
    "issueStatement": (
        MUTATION % ("issueStatement", 'memberId: "m1", year: 2017'),
        {},
        {"the member", "the unit", "the sub-district", "the county", "the city"},
    ),
    "issueStatement of a unit": (
        MUTATION % ("issueStatement", 'unitId: "unit-1", year: 2017'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "statement": ('{ statement(id: "st1") { digest } }', {}, STATEMENT_SEEN | {"the member"}),
    "statement by key": (
        ENTITY % ("Statement", "digest"),
        {"__typename": "Statement", "id": "st1"},
        STATEMENT_SEEN | {"the member"},
    ),
    "statements": ('{ statements(unit: "unit-1") { nodes { digest } } }', {}, STATEMENT_SEEN),
    "verifyStatement": ('{ verifyStatement(number: "PJ-350802-00000-00000-0067") { digest } }', {}, set(PRINCIPALS)),
}
