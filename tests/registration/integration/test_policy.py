"""Who may do what: every role against every operation and every guarded field."""

from typing import Any

from registration.api.policy import POLICY
from registration.api.schema import SUBGRAPH

from tests.registration.permissions import principals, query, rows_of_town
from tests.registration.samples import COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_COUNTY, SUBDISTRICT
from tests.registration.town import Town, token
from tests.support.entities import entity_fields

OPEN = {
    "Agreement": "id unitId communityCode primary support status startsOn endsOn endedOn unit community",
    "Community": "code name validUntil county grids",
    "Division": "code name level validFrom validUntil parent children communities successors",
    "Grid": "id name compounds community groups squads",
    "Group": "id name compound buildings memberCount",
    "Member": "id onRoster joinedOn leftOn unit",
    "Organ": "id kind name compounds foundedOn endedOn division",
    "Squad": "id name capacity memberCount leader",
    "Unit": "id name creditCode line division agreements",
}


async def test_each_role_may_do_what_the_matrix_says_and_nothing_else(town: Town) -> None:
    unit = await town.register_unit(division=SUBDISTRICT)
    (member,) = await town.staff(unit)
    matrix = await rows_of_town(town, unit, member)
    got_through: dict[str, set[str]] = {}

    for key, (document, variables, _) in matrix.items():
        got_through[key] = set()
        for name, bearer in principals(unit, member).items():
            answer = await town.api.answer(document, bearer, **variables)
            refused = {"FORBIDDEN", "NotPermitted"} & words(answer)
            assert refused or "errors" not in answer, (key, name, answer)
            if not refused:
                got_through[key].add(name)

    for key, (_, _, allowed) in matrix.items():
        assert got_through[key] == allowed, key
    guarded = {key for key, rule in POLICY.items() if rule.scoped or key.startswith(("Query.", "Mutation."))}
    assert set(matrix) == guarded, "every operation and guarded field has its row"


def test_of_an_entity_anybody_signed_in_sees_only_what_stands_here() -> None:
    """Asked for by key. Everything else of an entity is guarded, and has its row in the matrix."""
    guarded = {key for key, rule in POLICY.items() if rule.scoped}

    seen = {
        name: {field for field in fields if f"{name}.{field}" not in guarded}
        for name, fields in entity_fields(SUBGRAPH.sdl).items()
        if name not in guarded
    }

    assert seen == {name: set(fields.split()) for name, fields in OPEN.items()}


def words(value: Any) -> set[str]:
    """All texts in an answer."""
    if isinstance(value, dict):
        return {word for one in value.values() for word in words(one)}
    if isinstance(value, list):
        return {word for one in value for word in words(one)}
    return {value} if isinstance(value, str) else set()


async def test_both_the_units_county_and_the_communitys_see_a_member_and_a_third_does_not(town: Town) -> None:
    unit = await town.register_unit(division=OTHER_COUNTY)
    (member,) = await town.staff(unit)
    await town.complete(unit, member)
    document = query("member", "name registration { community { code } }", id=member)

    seen = {
        county: "errors" not in await town.api.answer(document, token("COUNTY_ADMIN", county))
        for county in (COUNTY, OTHER_COUNTY, "350821")
    }

    assert seen == {COUNTY: True, OTHER_COUNTY: True, "350821": False}


async def test_a_host_does_not_receive_for_another_community(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])

    refused = await town.receive(certified["certificateNumber"], OTHER_COMMUNITY)
    completed = await town.receive(certified["certificateNumber"], COMMUNITY)

    assert refused["code"] == "NotPermitted"
    assert completed["status"] == "COMPLETED"


async def test_an_expired_token_is_refused_before_anything_else(town: Town) -> None:
    status, answer = await town.api.post({"query": "{ me { id } }"}, token("MEMBER", "m", expires_in=-60))

    assert status == 401
    assert answer["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"


async def test_a_member_sees_the_own_data_only(town: Town) -> None:
    unit = await town.register_unit()
    first, second = await town.staff(unit, 2)
    document = "query Q($id: ID!) { member(id: $id) { name } }"

    own = await town.api.ask("{ me { id name registration { status } } }", token("MEMBER", first))

    assert own == {"id": first, "name": "张*", "registration": None}
    assert await town.api.code(document, token("MEMBER", first), id=second) == "FORBIDDEN"
