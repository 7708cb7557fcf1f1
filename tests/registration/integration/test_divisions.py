"""The division table is imported by rows or by file, again and again."""

import base64
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from registration.app import SERVICE
from registration.division_table import import_file
from registration.domain.tables import Encoding
from servicekit.storage.mongo import Database

from tests.registration.samples import (
    CITY,
    COMMUNITY,
    COUNTY,
    DIVISIONS,
    OTHER_COMMUNITY,
    OTHER_COUNTY,
    SUBDISTRICT,
    csv_file,
)
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


async def test_a_day_is_answered_with_the_names_and_codes_of_that_day(town: Town) -> None:
    await run(town, rows=[{"code": COMMUNITY, "name": "东兴新社区"}], effectiveOn="2017-01-01")
    await run(town, rows=[{"code": OTHER_COMMUNITY, "name": "西兴社区", "validUntil": "2016-12-31"}])
    await run(town, rows=[{"code": "350802001003", "name": "南兴社区", "validFrom": "2017-01-01"}])
    document = """query Q($c: ID!, $w: ID!, $on: Date) {
      division(code: $c, asOf: $on) { name }
      divisions(within: $w, level: COMMUNITY, asOf: $on) { nodes { code name } }
      communities(within: $w, asOf: $on) { nodes { code name } } }"""

    async def on(day: str | None) -> tuple[str, list[str]]:
        answer = await town.api.answer(document, token("MEMBER", "m"), c=COMMUNITY, w=COUNTY, on=day)
        found = answer["data"]
        assert found["divisions"] == found["communities"]
        return found["division"]["name"], [one["name"][:2] for one in found["divisions"]["nodes"]]

    assert await on("2016-12-31") == ("东兴社区", ["东兴", "西兴"])
    assert await on("2017-01-01") == ("东兴新社区", ["东兴", "南兴"])
    assert await on(None) == ("东兴新社区", ["东兴", "西兴", "南兴"])
    gone = await town.api.answer(document, token("MEMBER", "m"), c=OTHER_COMMUNITY, w=COUNTY, on="2017-01-01")
    assert gone["data"]["division"] is None


async def test_a_table_of_any_size_is_imported_by_one_command_and_again_without_effect(
    town: Town, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("registration.use_cases.import_divisions._ROWS_A_TRANSACTION", 7)
    service = replace(SERVICE, settings=cast("Any", SimpleNamespace(read=lambda: app.state.running.settings)))
    rows = [[f"350802001{n:03d}", f"第{n}社区"] for n in range(10, 40)]
    table = csv_file([*rows, ["350802001010", "重复"], ["3508x", "错"]], header=["代码", "名称"], encoding="gbk")

    codes = [await import_file(service, table, None, None, None) for _ in range(2)]

    assert codes == [1, 1]
    assert await database["divisions"].count_documents({"parent": SUBDISTRICT}) == 32
    assert await database["outbox"].count_documents({}) == len(DIVISIONS) + 30
    shown = capsys.readouterr().out
    assert "与第 2 行代码重复" in shown
    assert "the same code as row 2" in shown


async def test_a_table_that_cannot_be_read_is_refused_in_both_languages(
    app: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    table = csv_file([["350802001010", "第一社区"]], header=["代码", "名称"], encoding="gbk")

    assert await import_file(SERVICE, table, Encoding.UTF_8, None, None) == 1

    shown = capsys.readouterr().out.replace("\n", "")
    assert "文件声明为 UTF-8" in shown
    assert "declared as UTF-8" in shown


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
