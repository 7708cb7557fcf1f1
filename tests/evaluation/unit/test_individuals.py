"""Individuals are never ranked, and nobody gets points: the API has nothing of the kind, whoever asks (P1)."""

import re

import pytest
from evaluation.api.policy import POLICY
from graphql import GraphQLField, GraphQLObjectType, build_schema, get_named_type
from servicekit.security import Role

from tests.evaluation.unit.test_schema import COMMITTED

SCHEMA = build_schema(COMMITTED.read_text(), assume_valid=True)
OBJECTS = [type_ for type_ in SCHEMA.type_map.values() if isinstance(type_, GraphQLObjectType)]
FIELDS = [
    (f"{type_.name}.{name}", field)
    for type_ in OBJECTS
    if not type_.name.startswith("__")
    for name, field in type_.fields.items()
]
PERSONS = {"Standing", "Member"}
SORTING = re.compile(r"sort|order|rank|top|best|most|least|min|max|more|less", re.IGNORECASE)
RANKING = re.compile(r"rank|point|score|percentile|position|place|leader|top|medal|badge|login|online", re.IGNORECASE)


def reaches(field: GraphQLField) -> str:
    return str(get_named_type(field.type).name)


def is_list(field: GraphQLField) -> bool:
    return "[" in str(field.type)


def test_no_list_has_standings_and_the_only_list_of_members_is_of_those_who_are_missing() -> None:
    lists = {(path, reaches(field)) for path, field in FIELDS if is_list(field) and reaches(field) in PERSONS}
    connections = {path for path, field in FIELDS if reaches(field) == "MemberConnection"}

    assert lists == {("MemberConnection.nodes", "Member")}
    assert connections == {"Query.residual", "IndicatorValue.residual"}


def test_a_way_to_persons_takes_no_argument_that_sorts_or_selects_by_what_they_did() -> None:
    ways = [(path, field) for path, field in FIELDS if reaches(field) in PERSONS | {"MemberConnection"}]

    assert len(ways) >= 5
    taken = {f"{path}({name})" for path, field in ways for name in field.args}
    assert {one for one in taken if SORTING.search(one.split("(")[1])} == set()


@pytest.mark.parametrize("type_", sorted(PERSONS))
def test_nothing_said_of_a_person_is_a_rank_or_points(type_: str) -> None:
    said = SCHEMA.type_map[type_]

    assert isinstance(said, GraphQLObjectType)
    assert [name for name in said.fields if RANKING.search(name)] == []


def test_what_is_scored_and_compared_are_divisions() -> None:
    scored = {path for path, field in FIELDS if reaches(field) in {"Score", "ItemScore"}}
    compared = {path for path, field in FIELDS if path.endswith((".comparison", ".compared"))}

    assert {path.split(".")[0] for path in scored} & PERSONS == set()
    assert {path.split(".")[0] for path in compared} & PERSONS == set()
    assert "memberId" not in {name for path, field in FIELDS if path in scored for name in field.args}


def test_stars_are_for_the_member_alone() -> None:
    assert POLICY["Standing.stars"].roles == {Role.MEMBER}
