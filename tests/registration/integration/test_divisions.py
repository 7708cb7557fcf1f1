"""The division table is imported by rows or by file, again and again."""

import base64
from typing import Any

from servicekit.storage.mongo import Database

from tests.registration.samples import CITY, COMMUNITY, COUNTY, DIVISIONS, OTHER_COUNTY, SUBDISTRICT, csv_file
from tests.registration.town import REFUSAL, Town, token

IMPORT = (
    "mutation M($input: ImportDivisionsInput!) { importDivisions(input: $input) { __typename "
    "... on DivisionImport { created updated unchanged refusedCount refused { row code message path } } "
    f"{REFUSAL} }} }}"
)


async def run(town: Town, bearer: str | None = None, **given: Any) -> dict[str, Any]:
    result: dict[str, Any] = await town.api.ask(IMPORT, bearer or token("CITY_ADMIN", CITY), input=given)
    return result


async def test_importing_again_changes_nothing(town: Town, database: Database) -> None:
    before = await database["outbox"].count_documents({})

    again = await town.import_divisions()

    assert (again["created"], again["unchanged"]) == (0, len(DIVISIONS))
    assert await database["outbox"].count_documents({}) == before


async def test_bad_rows_are_told_and_the_good_ones_imported(town: Town) -> None:
    rows = [
        {"code": "350802001003", "name": "新社区"},
        {"code": "350899001001", "name": "无上级"},
        {"code": "35080", "name": "短"},
        {"code": "350821", "name": "长汀县", "level": "CITY"},
        {"code": "350802001003", "name": "重复"},
        {"code": COMMUNITY, "name": "东兴新社区"},
    ]

    report = await run(town, rows=rows)

    assert [report[key] for key in ("created", "updated", "unchanged", "refusedCount")] == [1, 1, 0, 4]
    assert [(one["row"], one["path"]) for one in report["refused"]] == [
        (1, "code"),
        (2, "code"),
        (3, "level"),
        (4, "code"),
    ]
    found = await town.api.ask("query Q($c: ID!) { community(code: $c) { name } }", token("MEMBER", "m"), c=COMMUNITY)
    assert found["name"] == "东兴新社区"


async def test_a_file_of_padded_codes_is_imported_in_any_order(town: Town) -> None:
    rows = [["350821001001", "城关社区", "2015-01-01"], ["350821001000", "城关镇", ""], ["350821000000", "长汀县", ""]]
    content = csv_file(rows, header=["统计用区划代码", "名称", "生效日期"], encoding="gbk")

    report = await run(town, contentBase64=base64.b64encode(content).decode())

    assert report["created"] == 3
    found = await town.api.ask(
        "query Q($c: ID!) { division(code: $c) { level validFrom parent { code parent { code parent { name } } } } }",
        token("MEMBER", "m"),
        c="350821001001",
    )
    assert found == {
        "level": "COMMUNITY",
        "validFrom": "2015-01-01",
        "parent": {"code": "350821001", "parent": {"code": "350821", "parent": {"name": "龙岩市"}}},
    }


async def test_rows_or_a_file_but_not_both(town: Town) -> None:
    refused = await run(town)

    assert (refused["code"], refused["path"]) == ("InvalidInput", "input.rows")


async def test_a_county_imports_only_its_own(town: Town) -> None:
    rows = [{"code": "350802001004", "name": "甲"}, {"code": f"{OTHER_COUNTY}001", "name": "乙"}]

    report = await run(town, token("COUNTY_ADMIN", COUNTY), rows=rows)

    assert report["created"] == 1
    assert [one["code"] for one in report["refused"]] == ["NotPermitted"]


async def test_the_tree_is_walked_by_pages(town: Town) -> None:
    document = """query Q($c: ID!) { division(code: $c) {
      children(first: 1) { nodes { code children { nodes { code } } } pageInfo { hasNextPage endCursor } }
      communities(first: 1) { nodes { code county { name } } pageInfo { hasNextPage endCursor } } } }"""

    found = await town.api.ask(document, token("MEMBER", "m"), c=CITY)
    rest = await town.api.ask(
        "query Q($c: ID!, $a: String) { communities(within: $c, after: $a) { nodes { code } } }",
        token("MEMBER", "m"),
        c=CITY,
        a=found["communities"]["pageInfo"]["endCursor"],
    )

    (county,) = found["children"]["nodes"]
    assert (county["code"], county["children"]["nodes"]) == (COUNTY, [{"code": SUBDISTRICT}])
    assert found["children"]["pageInfo"]["hasNextPage"] is True
    assert found["communities"]["nodes"] == [{"code": COMMUNITY, "county": {"name": "新罗区"}}]
    assert [one["code"] for one in rest["nodes"]] == ["350802001002"]


async def test_a_withdrawn_community_takes_no_registration(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await run(town, rows=[{"code": COMMUNITY, "name": "东兴社区", "validUntil": "2016-12-31"}])

    refused = await town.submit(member)

    assert refused["code"] == "CommunityWithdrawn"
