"""Roster files through the API: previewed without a trace, applied once, never half."""

import asyncio
import base64

import pytest
from servicekit.storage.mongo import Database

from tests.registration.samples import COMMUNITY, COUNTY, OTHER_COMMUNITY, csv_file, id_number, person, xlsx_file
from tests.registration.town import Town, token

ROSTER_COLLECTIONS = ("members", "rosters")


async def stored(database: Database) -> dict[str, list[dict[str, object]]]:
    names = (*ROSTER_COLLECTIONS, "units", "outbox")
    return {name: await database[name].find().sort("_id").to_list() for name in names}


async def test_a_preview_stores_nothing_and_tells_row_by_row(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    wrong = id_number(2)[:-1] + ("1" if id_number(2)[-1] != "1" else "2")
    rows = [person(1), ["李四", wrong, "13800000000", COMMUNITY], person(3, residence="350802001999")]
    before = await stored(database)

    preview = await town.roster(unit, csv_file(rows, encoding="gbk"), "previewRoster")

    assert [preview[key] for key in ("lines", "ok", "warnings", "errors", "joined")] == [3, 1, 1, 1, 2]
    shown = preview["rows"]["nodes"]
    assert [(row["number"], row["status"], row["change"]) for row in shown] == [
        (2, "OK", "JOINED"),
        (3, "ERROR", None),
        (4, "WARNING", "JOINED"),
    ]
    assert shown[1]["problems"] == [
        {"column": "身份证号", "severity": "ERROR", "message": "the ID number's check digit is wrong"}
    ]
    assert shown[2]["problems"][0]["column"] == "居住社区代码"
    assert await stored(database) == before


async def test_messages_come_in_chinese_by_default(town: Town) -> None:
    unit = await town.register_unit()
    document = (
        "mutation M($i: RosterFileInput!) { previewRoster(input: $i) "
        "{ ... on RosterReview { rows(status: ERROR) { nodes { problems { message } } } } } }"
    )
    content = csv_file([["张三", "12", "13800000000", COMMUNITY]])
    row = {"unitId": unit, "fileName": "a.csv", "contentBase64": base64.b64encode(content).decode()}

    preview = await town.api.ask(document, token("UNIT_ADMIN", unit), language="zh-CN", i=row)

    assert preview["rows"]["nodes"][0]["problems"] == [{"message": "身份证号应为 18 位"}]


async def test_a_roster_with_errors_stores_nothing_unless_the_good_rows_are_accepted(
    town: Town, database: Database
) -> None:
    unit = await town.register_unit()
    content = csv_file([person(1), ["李四", "12", "", ""]])
    before = await stored(database)

    refused = await town.roster(unit, content)
    unchanged = await stored(database)
    accepted = await town.roster(unit, content, acceptGoodRows=True)

    assert (refused["code"], refused["errors"], refused["rows"]) == ("RosterHasErrors", 1, [3])
    assert unchanged == before
    assert accepted["version"] == {"number": 1, "joined": 1, "left": 0, "changed": 0}


@pytest.mark.parametrize("make", [csv_file, xlsx_file])
async def test_applying_the_same_file_twice_changes_nothing(town: Town, database: Database, make: object) -> None:
    assert callable(make)
    unit = await town.register_unit()
    content = make([person(1), person(2, "李四")])

    first = await town.roster(unit, content)
    after_first = await stored(database)
    second = await town.roster(unit, content)

    assert first["version"]["joined"] == 2
    assert second["version"] is None
    assert second["review"]["unchanged"] == 2
    assert await stored(database) == after_first


async def test_the_next_version_tells_who_joined_left_and_changed(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1), person(2), person(3)]))

    version = await town.roster(
        unit,
        csv_file([person(1), person(2, phone="13900000000", residence=OTHER_COMMUNITY), person(4)]),
        effectiveOn="2016-02-01",
    )

    assert version["version"] == {"number": 2, "joined": 1, "left": 1, "changed": 1}
    shown = await town.api.ask(
        "query Q($id: ID!) { unit(id: $id) "
        "{ rosters { nodes { number effectiveOn lines } } members { nodes { phone } } } }",
        token("UNIT_ADMIN", unit),
        id=unit,
    )
    assert [one["number"] for one in shown["rosters"]["nodes"]] == [1, 2]
    assert shown["rosters"]["nodes"][1]["effectiveOn"] == "2016-02-01"
    assert sorted(one["phone"] for one in shown["members"]["nodes"]) == ["138****0000", "138****0000", "139****0000"]


async def test_a_registration_follows_its_members_line_off_the_roster_and_back(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await town.complete(unit, member)

    await town.roster(unit, csv_file([person(2)]), effectiveOn="2016-02-01")
    gone = await database["registrations"].find_one({"member_id": member})
    await town.roster(unit, csv_file([person(1), person(2)]), effectiveOn="2016-03-01")
    back = await database["registrations"].find_one({"member_id": member})

    assert gone is not None
    assert (gone["status"], gone["left_roster_on"]) == ("COMPLETED", "2016-02-01")
    assert back is not None
    assert (back["on_roster_since"], back["left_roster_on"]) == ("2016-03-01", None)


async def test_a_blank_never_overwrites(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1)]))

    again = await town.roster(unit, csv_file([person(1, phone="", residence="")]))

    assert again["version"] is None


async def test_nobody_leaves_because_of_a_row_that_can_not_be_read(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1), person(2)]))

    accepted = await town.roster(unit, csv_file([person(1), ["李四", "12", "", ""]]), acceptGoodRows=True)

    assert accepted["version"] is None
    assert accepted["review"]["leaversKept"] is True
    assert len(await town.members(unit)) == 2


async def test_a_person_on_another_units_roster_does_not_join_until_that_unit_lets_go(town: Town) -> None:
    first, second = await town.register_unit(1), await town.register_unit(2)
    await town.roster(first, csv_file([person(1), person(2)]))

    held = await town.roster(second, csv_file([person(1)]))
    await town.roster(first, csv_file([person(2)]))
    joined = await town.roster(second, csv_file([person(1)]))

    assert (held["held"], held["version"]) == (1, None)
    assert joined["version"]["joined"] == 1
    assert len(await town.members(first)) == 1


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (csv_file([person(1)], encoding="gbk"), {"encoding": "UTF_8"}, "EncodingMismatch"),
        (csv_file([person(1)]), {"encoding": "GBK"}, "EncodingMismatch"),
        (csv_file([['"张三', id_number(1)]]), {}, "FileUnreadable"),
        (csv_file([["张三"]], header=["姓名"]), {}, "HeadersMissing"),
        (csv_file([]), {}, "RosterEmpty"),
        (b"x" * 2_000_001, {}, "FileTooLarge"),
        (csv_file([person(1)] * 5_001), {}, "TooManyRows"),
    ],
)
async def test_a_file_that_can_not_be_taken_is_refused_with_its_kind(
    town: Town, database: Database, content: bytes, options: dict[str, str], code: str
) -> None:
    unit = await town.register_unit()
    before = await stored(database)

    refused = await town.roster(unit, content, **options)

    assert refused["code"] == code
    assert refused["message"]
    assert await stored(database) == before


@pytest.mark.parametrize("content", ["!!!", "花名册"])
async def test_what_is_no_base64_is_told(town: Town, content: str) -> None:
    unit = await town.register_unit()
    document = "mutation M($i: RosterFileInput!) { previewRoster(input: $i) { ... on InvalidInput { path message } } }"

    refused = await town.api.ask(
        document,
        token("UNIT_ADMIN", unit),
        i={"unitId": unit, "fileName": "a.csv", "contentBase64": content},
    )

    assert refused["path"] == "input.contentBase64"


async def test_rows_of_a_review_come_in_pages(town: Town) -> None:
    unit = await town.register_unit()
    rows = [person(serial) for serial in range(1, 6)]
    document = (
        "mutation M($i: RosterFileInput!) { previewRoster(input: $i) { ... on RosterReview { "
        "one: rows(first: 2) { nodes { number } pageInfo { hasNextPage endCursor } } "
        'two: rows(first: 3, after: "3") { nodes { number } pageInfo { hasNextPage } } } } }'
    )
    content = base64.b64encode(csv_file(rows)).decode()

    found = await town.api.ask(
        document, token("UNIT_ADMIN", unit), i={"unitId": unit, "fileName": "a.csv", "contentBase64": content}
    )

    assert [row["number"] for row in found["one"]["nodes"]] == [2, 3]
    assert found["one"]["pageInfo"] == {"hasNextPage": True, "endCursor": "3"}
    assert [row["number"] for row in found["two"]["nodes"]] == [4, 5, 6]
    assert found["two"]["pageInfo"]["hasNextPage"] is False


async def test_the_same_file_applied_twice_at_once_counts_once(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    content = csv_file([person(serial) for serial in range(1, 21)])

    results = await asyncio.gather(*(town.roster(unit, content) for _ in range(3)))

    assert sorted(result["version"] is None for result in results) == [False, True, True]
    assert await database["members"].count_documents({}) == 20
    assert await database["outbox"].count_documents({"key": {"$regex": "member-joined$"}}) == 20


async def test_two_units_that_claim_the_same_person_at_once_do_not_both_get_it(town: Town, database: Database) -> None:
    units = [await town.register_unit(1), await town.register_unit(2)]

    results = await asyncio.gather(*(town.roster(unit, csv_file([person(1)])) for unit in units))

    assert sorted(result["held"] for result in results) == [0, 1]
    assert await database["members"].count_documents({}) == 1


async def test_a_roster_that_is_not_the_units_headcount_is_refused_and_nothing_stored(
    town: Town, database: Database
) -> None:
    unit = await town.register_unit()
    content = csv_file([person(1), person(2)])

    refused = await town.roster(unit, content, headcount=3)
    stored = await database["members"].count_documents({})
    applied = await town.roster(unit, content, headcount=2)

    assert (refused["code"], refused["path"]) == ("HeadcountDiffers", "input.headcount")
    assert stored == 0
    assert applied["version"]["joined"] == 2


HELD = "query Q($lane: ID!) { heldLines(lane: $lane) { nodes { memberId unit { id } holder { id } } } }"


async def test_a_preview_says_the_same_of_another_units_member_as_of_a_stranger(town: Town, database: Database) -> None:
    holder, unit = await town.register_unit(1), await town.register_unit(2)
    await town.staff(holder, 1, start=1)

    member = await town.roster(unit, csv_file([person(1)]), "previewRoster")
    stranger = await town.roster(unit, csv_file([person(2)]), "previewRoster")

    assert member == stranger
    assert await database["held_lines"].count_documents({}) == 0


async def test_another_units_member_is_held_for_the_county_and_stays_where_it_is(town: Town) -> None:
    holder, unit = await town.register_unit(1), await town.register_unit(2)
    (member,) = await town.staff(holder, 1, start=1)
    county = token("COUNTY_ADMIN", COUNTY)

    applied = await town.roster(unit, csv_file([person(1), person(2)]))
    again = await town.roster(unit, csv_file([person(1), person(2)]))
    held = await town.api.ask(HELD, county, lane=COUNTY)

    assert (applied["held"], applied["review"]["joined"], applied["version"]["joined"]) == (1, 1, 1)
    assert (again["held"], again["version"]) == (1, None)
    assert held["nodes"] == [{"memberId": member, "unit": {"id": unit}, "holder": {"id": holder}}]
    assert [one["id"] for one in await town.members(holder)] == [member]
    move = "mutation M($input: TransferMemberInput!) { transferMember(input: $input) { __typename } }"
    await town.api.ask(move, county, input={"memberId": member, "toUnitId": unit})
    assert (await town.api.ask(HELD, county, lane=COUNTY))["nodes"] == []


async def test_a_held_line_that_the_roster_names_no_longer_is_settled(town: Town) -> None:
    holder, unit = await town.register_unit(1), await town.register_unit(2)
    await town.staff(holder, 1, start=1)
    await town.roster(unit, csv_file([person(1), person(2)]))

    await town.roster(unit, csv_file([person(2)]))

    assert (await town.api.ask(HELD, token("COUNTY_ADMIN", COUNTY), lane=COUNTY))["nodes"] == []
