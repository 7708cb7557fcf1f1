"""Appeals."""

from tests.evaluation.matrix.principals import APPEALS_SEEN, ENTITY, MUTATION, Operations

OPERATIONS: Operations = {
    "appeals": ('{ appeals(division: "350802001001") { nodes { id } } }', {}, APPEALS_SEEN),
    "appeal by key": (
        ENTITY % ("Appeal", "reason"),
        {"__typename": "Appeal", "id": "a1"},
        {"the member"} | APPEALS_SEEN,
    ),
    "memberAppeals": ('{ memberAppeals(memberId: "m1") { nodes { id } } }', {}, {"the member"}),
    "fileAppeal": (
        MUTATION % ("fileAppeal", 'memberId: "m1", factKind: SERVICE, factId: "s1", remedy: DO_NOT_COUNT, reason: "x"'),
        {},
        {"the member"},
    ),
    "decideAppeal": (
        MUTATION % ("decideAppeal", 'id: "a1", grant: true, explanation: "x"'),
        {},
        {"the sub-district", "the county", "the city"},
    ),
    "withdrawAppeal": (MUTATION % ("withdrawAppeal", 'id: "a1"'), {}, {"the member"}),
}
