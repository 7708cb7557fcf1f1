"""Bad input gets a clear answer at the public endpoint, and nothing of it is stored."""

from base64 import b64encode
from datetime import timedelta

import pytest
from huijia_demo.play.endpoint import Json
from huijia_local.tokens import DevelopmentGrant, mint
from servicekit.security import Role

from tests.e2e.conftest import Town

REFUSAL = "__typename ... on Refusal { code message nextStep path }"
APPLY_ROSTER = f"mutation($input: ApplyRosterInput!) {{ applyRoster(input: $input) {{ {REFUSAL} }} }}"
HEADER = "姓名,身份证号,手机号,居住社区代码\n"
GOOD_ROW = "陈安,352623198001010018,17400000001,\n"
SUBMIT_RECORDS = f"""
mutation($inputs: [SubmitRecordInput!]!) {{
  submitRecords(inputs: $inputs) {{ {REFUSAL} ... on TooManyRows {{ limit actual }} }}
}}
"""
PUBLISH = f"mutation($input: PublishPostInput!) {{ publishPost(input: $input) {{ {REFUSAL} }} }}"


async def _apply(town: Town, content: bytes, **more: object) -> Json:
    """Send a roster for the first unit; nothing may have been stored."""
    before = await town.stored()
    unit = town.stage.units[town.scenario.units[0]]
    row = {"unitId": unit, "fileName": "roster.csv", "contentBase64": b64encode(content).decode(), **more}
    answer = await town.endpoint.ask(APPLY_ROSTER, town.badges.unit(unit), input=row)
    assert await town.stored() == before
    refusal: Json = answer["applyRoster"]
    return refusal


async def test_a_malformed_csv_is_refused_with_its_line(town: Town) -> None:
    refusal = await _apply(town, (HEADER + '"陈安,352623198001010018,1,\n').encode())

    assert refusal["__typename"] == "FileUnreadable"
    assert refusal["nextStep"]


async def test_a_roster_in_another_encoding_than_declared_is_refused_with_both(town: Town) -> None:
    refusal = await _apply(town, (HEADER + GOOD_ROW).encode("gbk"), encoding="UTF_8")

    assert refusal["__typename"] == "EncodingMismatch"
    assert "GBK" in refusal["message"]


async def test_a_wrong_check_digit_refuses_the_whole_roster(town: Town) -> None:
    refusal = await _apply(town, (HEADER + GOOD_ROW.replace("0012,", "0013,")).encode())

    assert refusal["__typename"] == "RosterHasErrors"
    assert refusal["path"]


async def test_501_rows_are_refused_and_none_is_stored(town: Town) -> None:
    before = await town.stored()
    person = next(iter(town.stage.members))
    row = {
        "memberId": town.stage.members[person],
        "activity": "一行太多",
        "servedOn": "2017-01-01",
        "hours": "1",
        "vanguard": "VOLUNTEERING",
    }

    answer = await town.endpoint.ask(SUBMIT_RECORDS, town.badges.host(person.community), inputs=[row] * 501)

    refusal = answer["submitRecords"]
    assert (refusal["__typename"], refusal["limit"], refusal["actual"]) == ("TooManyRows", 500, 501)
    assert await town.stored() == before


async def test_a_host_of_another_community_may_not_publish(town: Town) -> None:
    before = await town.stored()
    row = {"communityCode": town.scenario.communities[0], "title": "不归我管", "capacity": 1}

    answer = await town.endpoint.ask(PUBLISH, town.badges.host("350881001001"), input=row)

    assert answer["publishPost"]["__typename"] == "NotPermitted"
    assert await town.stored() == before


async def test_an_expired_token_is_refused(town: Town) -> None:
    grant = DevelopmentGrant(Role.CITY_ADMIN, "350800")
    expired = mint(town.local.keys, [grant], lifetime=timedelta(hours=-1))

    answer = await town.endpoint.send("{ __typename }", expired)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOKEN_EXPIRED"]
    assert not answer.get("data")


async def test_a_query_too_deep_is_refused_before_anything_is_fetched(town: Town) -> None:
    deep = "{ division(code: 350802) " + "{ parent " * 40 + "{ code }" + " }" * 40 + " }"

    answer = await town.endpoint.send(deep, town.badges.city())

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["DEPTH_LIMIT"]


@pytest.mark.parametrize("hours", ["0", "-1", "25", "1e9"])
async def test_impossible_hours_are_refused_with_the_fields_path(town: Town, hours: str) -> None:
    before = await town.stored()
    person = next(iter(town.stage.members))
    member = town.stage.members[person]
    row = {"memberId": member, "activity": "a", "servedOn": "2017-01-01", "hours": hours, "vanguard": "MEDIATION"}
    document = f"mutation($input: SubmitRecordInput!) {{ submitRecord(input: $input) {{ {REFUSAL} }} }}"

    refusal = (await town.endpoint.ask(document, town.badges.member(member), input=row))["submitRecord"]

    assert (refusal["__typename"], refusal["path"]) == ("InvalidInput", "input.hours")
    assert await town.stored() == before
