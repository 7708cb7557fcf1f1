"""Entities asked for directly, as anybody may who reaches the subgraph: only the rule of the type stands there."""

from typing import Any

import pytest
from huijia_local.tokens import DevelopmentGrant
from service_tracking.app import SERVICE
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.use_cases.log_follow_ups import LogFollowUp, log_follow_ups
from servicekit.security import Role

from tests.support.entities import entity_fields

ASK = """query($of: [_Any!]!) { _entities(representations: $of) {
  __typename ... on Claim { onBehalf } ... on ServiceRecord { hours } ... on FollowUp { note }
  ... on Problem { address } ... on Post { title } ... on RecurringPost { title } } }"""
SCOPED = ("Claim", "ServiceRecord", "FollowUp", "Problem")


def elsewhere(type_name: str) -> list[Any]:
    return [
        (Role.MEMBER, "another member"),
        (Role.UNIT_ADMIN, "another unit"),
        (Role.HOST, "350802999999"),
        (Role.SUBDISTRICT_ADMIN, "350802998"),
        (Role.COUNTY_ADMIN, "350803"),
        (Role.CITY_ADMIN, "350900"),
        (Role.LINE_ADMIN, "education"),
        (Role.AUDITOR, "350900"),
        DevelopmentGrant(Role.INTEGRATION, "350800", ("Mutation.somethingElse",)),
        DevelopmentGrant(Role.INTEGRATION, "350900", (type_name,)),
    ]


@pytest.fixture
async def kept(town: Any) -> dict[str, str]:
    """One entity of each scoped type, by its type."""
    (member,) = await town.members(1)
    pairing = await town.claim(await town.offer(kind=OfferKind.PAIRING, auto_approve=True), member)
    row = LogFollowUp(pairing.id, town.service().served_on, "fine")
    (entry,) = await town.run(log_follow_ups, Person("host"), [row])
    record, problem = await town.submit(member), await town.problem(member)
    return {"Claim": pairing.id, "ServiceRecord": record.id, "FollowUp": entry.id, "Problem": problem.id}


def test_every_entity_with_a_scoped_rule_is_tried_here() -> None:
    scoped = {name for name in entity_fields(SERVICE.subgraph.sdl) if SERVICE.subgraph.policy.rule(name).scoped}

    assert scoped == set(SCOPED)


@pytest.mark.parametrize("type_name", SCOPED)
async def test_an_entity_is_seen_by_its_place_and_by_nobody_elsewhere(
    kept: dict[str, str], town: Any, api: Any, type_name: str
) -> None:
    of = [{"__typename": type_name, "id": kept[type_name]}]

    (seen,) = await api.result(ASK, (Role.HOST, town.community), of=of)
    assert seen["__typename"] == type_name
    for grant in elsewhere(type_name):
        answer = await api.ask(ASK, grant, of=of)
        assert (answer["data"] or {}).get("_entities") in ([None], None), (grant, answer)


async def test_nobody_sees_an_entity_without_a_token(kept: dict[str, str], town: Any, api: Any) -> None:
    series = await town.series()
    things = {**kept, "Post": (await town.offer()).id, "RecurringPost": series.id}

    for type_name, id in things.items():
        answer = await api.send(ASK, None, of=[{"__typename": type_name, "id": id}])

        assert (answer["data"] or {}).get("_entities") in ([None], None), type_name
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}, type_name
