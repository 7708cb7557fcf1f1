"""Members are in a grid, a group and a squad of their community; a squad's places are never given twice nor lost."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from servicekit.storage.mongo import Database

from tests.registration.integration.test_reorganisations import add_third, finish, order
from tests.registration.samples import COMMUNITY, COUNTY, OTHER_COMMUNITY
from tests.registration.town import REFUSAL, Json, Town, token

HOST = token("HOST", COMMUNITY)
THIRD = "350802001003"
PLACE = "grid { name } group { name } squad { name }"
TREE = """query Q($c: ID!, $n: Int!) { community(code: $c) { grids { nodes { name
  groups(first: $n) { nodes { name buildings memberCount } pageInfo { hasNextPage } }
  squads(first: $n) { nodes { name capacity memberCount leader { id } } pageInfo { hasNextPage } } } } } }"""


async def make(town: Town, kind: str, bearer: str = HOST, **row: Any) -> Json:
    """A grid, a group or a squad."""
    document = (
        f"mutation M($input: Create{kind}Input!) {{ create{kind}(input: $input) "
        f"{{ __typename ... on {kind} {{ id }} {REFUSAL} }} }}"
    )
    made: Json = await town.api.ask(document, bearer, input=row)
    return made


async def branch(town: Town, name: str = "一网格", community: str = COMMUNITY) -> str:
    compounds = ["阳光小区", "星光小区"]
    made = await make(
        town, "Grid", token("COUNTY_ADMIN", COUNTY), communityCode=community, name=name, compounds=compounds
    )
    return str(made["id"])


async def squad(town: Town, grid: str, name: str = "一队", capacity: int = 15) -> str:
    return str((await make(town, "Squad", gridId=grid, name=name, capacity=capacity))["id"])


async def put(town: Town, registration: str, **place: Any) -> Json:
    return await town.change("placeRegistration", HOST, registrationId=registration, **place)


async def lead(town: Town, squad_id: str, member: str | None, bearer: str = HOST) -> Json:
    document = (
        "mutation M($input: NameSquadLeaderInput!) { nameSquadLeader(input: $input) "
        f"{{ __typename ... on Squad {{ leader {{ id }} }} {REFUSAL} }} }}"
    )
    found: Json = await town.api.ask(document, bearer, input={"squadId": squad_id, "memberId": member})
    return found


async def where(town: Town, registration: str) -> list[str | None]:
    found = await town.api.ask(f"query Q($id: ID!) {{ registration(id: $id) {{ {PLACE} }} }}", HOST, id=registration)
    return [found[part] and found[part]["name"] for part in ("grid", "group", "squad")]


async def counts(database: Database) -> dict[str, int]:
    """Each squad's own count, which is that of its completed registrations."""
    kept = {one["_id"]: one async for one in database["squads"].find()}
    completed = database["registrations"].find({"status": "COMPLETED"})
    assert {id: one["member_count"] for id, one in kept.items()} == dict.fromkeys(kept, 0) | Counter(
        [one["squad_id"] async for one in completed if one["squad_id"]]
    )
    return {one["name"]: one["member_count"] for one in kept.values()}


async def completed_members(town: Town, count: int) -> tuple[list[str], list[str]]:
    """Members, and their completed registrations."""
    unit = await town.register_unit()
    members = await town.staff(unit, count)
    return members, [(await town.complete(unit, member))["id"] for member in members]


@pytest.mark.parametrize(
    ("building", "group"),
    [("1栋", "一组"), (" 2栋 ", None), ("3栋", None), (None, None)],
    ids=["one", "two", "no", "-"],
)
async def test_a_receipt_puts_the_member_into_the_group_that_covers_the_building(
    town: Town, building: str | None, group: str | None
) -> None:
    grid = await branch(town)
    await make(town, "Group", gridId=grid, name="一组", compound="阳光小区", buildings=["1栋", "2栋"])
    await make(town, "Group", gridId=grid, name="二组", buildings=["2栋"])
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    row = {"memberId": member, "residence": COMMUNITY, "compound": "阳光小区", "building": building}
    submitted = await town.change("submitRegistration", token("MEMBER", member), **row)
    completed = await town.receive((await town.certify(unit, submitted["id"]))["certificateNumber"])

    assert await where(town, completed["id"]) == ["一网格", group, None]


async def test_a_member_is_moved_between_groups_and_squads_and_the_old_place_is_free(
    town: Town, database: Database
) -> None:
    _, (one, two) = await completed_members(town, 2)
    grid = await branch(town)
    group = (await make(town, "Group", gridId=grid, name="一组"))["id"]
    first, second = await squad(town, grid, capacity=1), await squad(town, grid, "二队")

    placed = await put(town, one, gridId=grid, groupId=group, squadId=first)
    again = await put(town, one, gridId=grid, groupId=group, squadId=first)
    full = await put(town, two, gridId=grid, squadId=first)
    assert [placed["__typename"], again["__typename"], full["code"], full["path"]] == [
        "Registration",
        "Registration",
        "SquadFull",
        "input.squadId",
    ]
    assert await where(town, two) == [None, None, None]

    await put(town, one, gridId=grid, groupId=group, squadId=second)
    await put(town, two, gridId=grid, squadId=first)

    assert await where(town, one) == ["一网格", "一组", "二队"]
    assert await where(town, two) == ["一网格", None, "一队"]
    assert await counts(database) == {"一队": 1, "二队": 1}
    await put(town, one, gridId=grid)
    assert await where(town, one) == ["一网格", None, None]
    assert await counts(database) == {"一队": 1, "二队": 0}
    told = await database["outbox"].count_documents({"key": {"$regex": "registration-placed$"}})
    assert told == 4, "putting a member where it is tells nothing"


async def test_what_lies_in_another_grid_or_nowhere_is_refused(town: Town) -> None:
    _, (one,) = await completed_members(town, 1)
    grid, other = await branch(town), await branch(town, "二网格")
    group = (await make(town, "Group", gridId=other, name="一组"))["id"]
    refused = [
        await put(town, one, gridId=grid, groupId=group),
        await put(town, one, gridId=grid, squadId=await squad(town, other)),
        await put(town, one, gridId=grid, groupId="g0"),
        await put(town, one, gridId=grid, squadId="s0"),
        await make(town, "Group", gridId=other, name=" 一组 "),
        await make(town, "Squad", gridId=other, name="一队"),
        await make(town, "Group", gridId="g0", name="一组"),
        await make(town, "Squad", gridId=grid, name=" "),
        await make(town, "Squad", gridId=grid, name="一队", capacity=0),
        await make(town, "Group", gridId=grid, name="一组", compound="月光小区"),
        await lead(town, "s0", None),
    ]

    assert [(one["code"], one["path"]) for one in refused] == [
        ("GroupOfAnotherGrid", "input.groupId"),
        ("SquadOfAnotherGrid", "input.squadId"),
        ("NotFound", "input.groupId"),
        ("NotFound", "input.squadId"),
        ("GroupAlreadyExists", "input.name"),
        ("SquadAlreadyExists", "input.name"),
        ("NotFound", "input.gridId"),
        ("InvalidInput", "input.name"),
        ("InvalidInput", "input.capacity"),
        ("InvalidInput", "input.compound"),
        ("NotFound", "input.squadId"),
    ]
    assert await where(town, one) == [None, None, None]


async def test_another_communitys_host_sets_up_and_fills_nothing_here(town: Town, database: Database) -> None:
    grid = await branch(town)
    mine = await squad(town, grid)
    stranger = token("HOST", OTHER_COMMUNITY)

    refused = [
        await make(town, "Group", stranger, gridId=grid, name="x"),
        await make(town, "Squad", stranger, gridId=grid, name="x"),
        await lead(town, mine, None, stranger),
    ]

    assert {one["code"] for one in refused} == {"NotPermitted"}
    assert await database["groups"].count_documents({}) == 0
    assert await database["squads"].count_documents({}) == 1


async def test_the_leader_is_one_of_the_squad_and_leads_no_longer_once_gone(town: Town, database: Database) -> None:
    (member, other), (one, two) = await completed_members(town, 2)
    grid = await branch(town)
    mine = await squad(town, grid)
    await put(town, one, gridId=grid, squadId=mine)
    await put(town, two, gridId=grid)

    outsider = await lead(town, mine, other)
    named = await lead(town, mine, member)
    await town.change("endRegistration", HOST, registrationId=one, reason="调离")

    assert (outsider["code"], outsider["path"]) == ("LeaderNotInSquad", "input.memberId")
    assert named["leader"] == {"id": member}
    (kept,) = await database["squads"].find().to_list()
    assert kept["leader_id"] is None
    assert await counts(database) == {"一队": 0}


async def test_the_tree_shows_groups_and_squads_with_their_counts_in_pages(town: Town) -> None:
    _, (one, two) = await completed_members(town, 2)
    grid = await branch(town)
    group = (await make(town, "Group", gridId=grid, name="一组", buildings=["1栋", "1栋", " "]))["id"]
    await make(town, "Group", gridId=grid, name="二组")
    mine = await squad(town, grid)
    await put(town, one, gridId=grid, groupId=group, squadId=mine)
    await put(town, two, gridId=grid, groupId=group)
    await town.change("endRegistration", HOST, registrationId=two, reason="调离")

    found = await town.api.ask(TREE, HOST, c=COMMUNITY, n=1)

    (shown,) = found["grids"]["nodes"]
    assert shown["groups"] == {
        "nodes": [{"name": "一组", "buildings": ["1栋"], "memberCount": 1}],
        "pageInfo": {"hasNextPage": True},
    }
    assert shown["squads"] == {
        "nodes": [{"name": "一队", "capacity": 15, "memberCount": 1, "leader": None}],
        "pageInfo": {"hasNextPage": False},
    }


async def test_of_many_that_want_the_last_places_at_once_only_so_many_get_one(town: Town, database: Database) -> None:
    _, registrations = await completed_members(town, 12)
    grid = await branch(town)
    mine = await squad(town, grid, capacity=5)

    results = await asyncio.gather(*(put(town, one, gridId=grid, squadId=mine) for one in registrations))

    assert Counter(one.get("code", "placed") for one in results) == {"placed": 5, "SquadFull": 7}
    assert await counts(database) == {"一队": 5}


async def test_moves_and_ends_at_once_neither_lose_nor_double_a_place(town: Town, database: Database) -> None:
    _, registrations = await completed_members(town, 6)
    grid = await branch(town)
    first, second = await squad(town, grid, capacity=6), await squad(town, grid, "二队", capacity=6)
    await asyncio.gather(*(put(town, one, gridId=grid, squadId=first) for one in registrations))

    await asyncio.gather(
        *(put(town, one, gridId=grid, squadId=second) for one in registrations),
        *(town.change("endRegistration", HOST, registrationId=one, reason="x") for one in registrations[:3]),
    )

    assert await counts(database) == {"一队": 0, "二队": 3}


async def test_a_transfer_frees_the_place_when_the_new_community_has_received(town: Town, database: Database) -> None:
    (member,), (one,) = await completed_members(town, 1)
    grid = await branch(town)
    await put(town, one, gridId=grid, squadId=await squad(town, grid))
    document = (
        "mutation M($input: TransferRegistrationInput!) { transferRegistration(input: $input) "
        "{ ... on Registration { id } } }"
    )
    row = {"registrationId": one, "residence": OTHER_COMMUNITY}
    opened = await town.api.ask(document, token("MEMBER", member), input=row)
    certified = await town.certify(town.units[0], opened["id"])
    assert await counts(database) == {"一队": 1}

    await town.receive(certified["certificateNumber"], OTHER_COMMUNITY)

    assert await counts(database) == {"一队": 0}


async def test_a_member_that_a_split_takes_without_its_grid_leaves_the_squad(
    town: Town, app: FastAPI, database: Database
) -> None:
    await add_third(town)
    (first, _), (one, two) = await completed_members(town, 2)
    grid = await branch(town)
    mine = await squad(town, grid)
    for registration in (one, two):
        await put(town, registration, gridId=grid, squadId=mine)

    part = {"communityCode": THIRD, "memberIds": [first]}
    await order(town, "splitCommunity", code=COMMUNITY, rest=COMMUNITY, parts=[part], effectiveOn="2017-01-01")
    await finish(app)

    found = {row["_id"]: (row["community_code"], row["grid_id"]) async for row in database["registrations"].find()}
    assert found == {one: (THIRD, None), two: (COMMUNITY, grid)}
    assert await counts(database) == {"一队": 1}
