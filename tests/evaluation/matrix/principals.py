"""Who asks, and how operations are written."""

from typing import Any

from servicekit.security import ANONYMOUS, Grant, Principal, Role

from tests.evaluation.facts import COMMUNITY, OTHER_COMMUNITY, OTHER_UNIT, UNIT

# What is asked, the representation of an entity, and who gets through.
Operations = dict[str, tuple[str, dict[str, Any], set[str]]]


def holding(role: Role, scope: str, *permissions: str) -> Principal:
    return Principal("somebody", (Grant(role, scope, permissions=frozenset(permissions)),))


# m1 is on the roster of unit-1, which sits in 350802001, and is registered in a community of the same sub-district.
PRINCIPALS = {
    "nobody": ANONYMOUS,
    "without a role": Principal("somebody"),
    "the member": holding(Role.MEMBER, "m1"),
    "another member": holding(Role.MEMBER, "m2"),
    "the unit": holding(Role.UNIT_ADMIN, UNIT),
    "another unit": holding(Role.UNIT_ADMIN, OTHER_UNIT),
    "the host": holding(Role.HOST, COMMUNITY),
    "another host": holding(Role.HOST, OTHER_COMMUNITY),
    "the sub-district": holding(Role.SUBDISTRICT_ADMIN, "350802001"),
    "the county": holding(Role.COUNTY_ADMIN, "350802"),
    "another county": holding(Role.COUNTY_ADMIN, "350803"),
    "the city": holding(Role.CITY_ADMIN, "350800"),
    "another city": holding(Role.CITY_ADMIN, "350900"),
    "the auditor": holding(Role.AUDITOR, "350802"),
    "another auditor": holding(Role.AUDITOR, "350803"),
    "the line": holding(Role.LINE_ADMIN, "education"),
    "an integration": holding(Role.INTEGRATION, "350800", "Query.standing", "Query.residual", "Agreement.effect"),
    "an integration without permission": holding(Role.INTEGRATION, "350800"),
}
EVERYBODY = set(PRINCIPALS) - {"nobody"}
ABOVE = {"the sub-district", "the county", "the city", "the auditor", "an integration"}

ENTITY = "query Q($one: _Any!) { _entities(representations: [$one]) { ... on %s { %s } } }"
MUTATION = "mutation { %s(input: {%s}) { __typename } }"
APPEALS_SEEN = {"the host", "the sub-district", "the county", "the city", "the auditor"}
COUNTY_AND_ABOVE = {"the county", "the city", "the auditor"}
