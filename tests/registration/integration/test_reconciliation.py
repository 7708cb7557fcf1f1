"""Reconciliation through the API: rosters, platform and the communities' own lists."""

import asyncio
import base64
import io

import python_calamine
from fastapi import FastAPI
from registration.use_cases.remind_unit import remind_residuals
from servicekit.storage.mongo import Database

from tests.registration.reconciling import RECONCILE, counts, decide, import_papers, listed_paper, reconcile, residual
from tests.registration.samples import (
    CITY,
    COMMUNITY,
    COUNTY,
    OTHER_COMMUNITY,
    OTHER_COUNTY,
    SUBDISTRICT,
    csv_file,
    id_number,
    person,
)
from tests.registration.town import REFUSAL, Json, Town, token


async def test_every_member_is_in_one_status_and_the_residual_names_who_is_left(town: Town) -> None:
    unit = await town.register_unit(division=SUBDISTRICT)
    nothing, submitted, certified, done, moved = await town.staff(unit, 5)
    await town.submit(submitted)
    await town.certify(unit, (await town.submit(certified))["id"])
    await town.complete(unit, done)
    await town.complete(unit, moved)
    people = [person(serial) for serial in range(1, 5)] + [person(5, residence=OTHER_COMMUNITY)]
    await town.roster(unit, csv_file(people))

    made = {scope: await reconcile(town, **{scope: code}) for scope, code in (("division", COUNTY), ("unit", unit))}

    for one in made.values():
        assert one["rosterLines"] == 5
        assert counts(one) == {
            "NOT_REGISTERED": 1,
            "SUBMITTED_ONLY": 1,
            "CERTIFICATE_NOT_PRESENTED": 1,
            "COMPLETED": 1,
            "WRONG_PLACE": 1,
        }
    assert {one["member"]["id"]: one["status"] for one in await residual(town, unit)} == {
        nothing: "NOT_REGISTERED",
        submitted: "SUBMITTED_ONLY",
        certified: "CERTIFICATE_NOT_PRESENTED",
        moved: "WRONG_PLACE",
    }


async def test_a_units_residual_is_of_all_of_it_whatever_a_community_reconciled_since(town: Town) -> None:
    unit = await town.register_unit(division=SUBDISTRICT)
    await town.staff(unit, 2)
    people = [person(1, residence=COMMUNITY), person(2, residence=OTHER_COMMUNITY)]
    await town.roster(unit, csv_file(people))

    seen = []
    for scope in ({"division": COMMUNITY}, {"division": COUNTY}, {"division": COMMUNITY}, {"unit": unit}):
        await reconcile(town, **scope)
        seen.append(len(await residual(town, unit)))

    assert seen == [0, 2, 2, 2]


async def test_a_units_residual_is_not_of_another_lines_reconciliation(town: Town) -> None:
    unit = await town.register_unit(division=SUBDISTRICT, line="education")
    await town.staff(unit, 2)

    seen = []
    for line in ("health", "education", "health"):
        await reconcile(town, division=COUNTY, line=line)
        seen.append(len(await residual(town, unit)))

    assert seen == [0, 2, 2]


async def test_a_past_day_gets_that_days_answer(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1), person(2)]), effectiveOn="2016-01-01")
    await town.roster(unit, csv_file([person(1)]), effectiveOn="2016-09-01")
    first, second = sorted(one["id"] for one in await town.members(unit)), None
    submitted = await town.submit(first[0])
    certified = await town.certify(unit, submitted["id"])
    await town.receive(certified["certificateNumber"], receivedOn="2016-05-01")

    answers = {
        day: counts(await reconcile(town, division=CITY, asOf=day))
        for day in ("2015-12-31", "2016-04-30", "2016-05-01", "2016-09-01")
    }

    assert second is None
    assert answers == {
        "2015-12-31": {},
        "2016-04-30": {"NOT_REGISTERED": 2},
        "2016-05-01": {"COMPLETED": 1, "NOT_REGISTERED": 1},
        "2016-09-01": {"COMPLETED": 1},
    }


async def test_a_community_asked_of_a_past_day_has_who_lived_there_that_day(town: Town) -> None:
    unit = await town.register_unit()
    for home, since in ((COMMUNITY, "2016-01-01"), (OTHER_COMMUNITY, "2016-09-01")):
        await town.roster(unit, csv_file([person(1, residence=home)]), effectiveOn=since)

    answers = {
        (community, day): (await reconcile(town, division=community, asOf=day))["rosterLines"]
        for community in (COMMUNITY, OTHER_COMMUNITY)
        for day in ("2016-08-31", "2016-09-01")
    }

    assert answers == {
        (COMMUNITY, "2016-08-31"): 1,
        (COMMUNITY, "2016-09-01"): 0,
        (OTHER_COMMUNITY, "2016-08-31"): 0,
        (OTHER_COMMUNITY, "2016-09-01"): 1,
    }


async def test_a_community_asked_of_a_past_day_has_who_was_with_another_unit_then(town: Town) -> None:
    before, since = await town.register_unit(1), await town.register_unit(2)
    at_home = csv_file([person(1, residence=COMMUNITY)])
    await town.roster(before, at_home, effectiveOn="2016-01-01")
    await town.roster(before, csv_file([person(2, residence=OTHER_COMMUNITY)]), effectiveOn="2016-09-01")
    await town.roster(since, at_home, effectiveOn="2016-09-01")

    units = {}
    for day in ("2016-08-31", "2016-09-01"):
        made = await reconcile(town, division=COMMUNITY, asOf=day)
        units[day] = [line["unit"]["id"] for line in made["lines"]["nodes"]]

    assert units == {"2016-08-31": [before], "2016-09-01": [since]}


async def test_whoever_left_is_still_named_unless_another_unit_has_the_person(town: Town) -> None:
    unit, other = await town.register_unit(1), await town.register_unit(2)
    first, second, _ = await town.staff(unit, 3)
    await town.complete(unit, first)
    await town.complete(unit, second)
    await town.roster(unit, csv_file([person(3)]))
    await town.roster(other, csv_file([person(2)]))

    made = await reconcile(town, unit=unit)

    left = [one["member"]["id"] for one in made["lines"]["nodes"] if one["status"] == "LEFT_BUT_REGISTERED"]
    assert left == [first]
    assert made["rosterLines"] == 1


async def test_a_communitys_list_is_matched_in_tiers_and_the_rest_left_to_a_person(town: Town) -> None:
    unit = await town.register_unit()
    rows = [
        person(1, "张伟", "13800000001"),
        person(2, "李娜", "13800000002"),
        person(3, "王芳", "13800000003"),
    ]
    await town.roster(unit, csv_file(rows))

    report = await import_papers(
        town,
        [
            ["张伟", id_number(1).lower(), "", "", "2016-05-01"],
            ["李娜", "", "1999-01", "13900000002", "2016-05-01"],
            ["王方", "", "1999-01", "", "2016-05-01"],
            ["路人", "", "1970-01", "", "2016-05-01"],
            ["张伟", id_number(1), "", "", "2016-05-01"],
            ["错", "123", "", "", ""],
        ],
    )
    again = await import_papers(town, [["王方", "", "1999-01", "", "2016-05-01"]])
    made = await reconcile(town, division=COUNTY)

    assert (report["created"], report["refusedCount"]) == (4, 1)
    assert (again["created"], again["known"]) == (0, 1)
    tiers = [one["tier"] for one in made["lines"]["nodes"] if one["member"]]
    strangers = [one for one in made["lines"]["nodes"] if one["status"] == "NOT_ON_ROSTER"]
    assert sorted(tier or "" for tier in tiers) == ["", "ID_NUMBER", "NAME_BIRTH_PHONE"]
    assert [len(one["candidates"]) for one in strangers] == [1, 0]

    (likely,) = strangers[0]["candidates"]
    decided = await decide(town, strangers[0]["papers"][0]["id"], likely["member"]["id"])
    after = await reconcile(town, division=COUNTY)

    assert decided["member"]["id"] == likely["member"]["id"]
    assert counts(after)["NOT_ON_ROSTER"] == 1
    assert "DECIDED" in [one["tier"] for one in after["lines"]["nodes"]]


async def test_a_paper_is_given_only_to_a_candidate_or_to_a_member_where_the_decider_decides(town: Town) -> None:
    near, far = await town.register_unit(1), await town.register_unit(2, division=OTHER_COUNTY)
    await town.roster(near, csv_file([person(1, "王芳", "13800000001"), person(2, "李娜", "13800000002")]))
    await town.roster(far, csv_file([person(3, "赵六", "13800000003")]))
    (alike, unlike), (stranger,) = await town.members(near), await town.members(far)
    paper = await listed_paper(town, "王方")

    outside = await decide(town, paper, stranger["id"])
    unknown = await decide(town, paper, "m0")
    before = await decide(town, paper, alike["id"], "SUBDISTRICT_ADMIN", SUBDISTRICT)
    await reconcile(town, division=COUNTY)
    named = await decide(town, paper, alike["id"], "SUBDISTRICT_ADMIN", SUBDISTRICT)
    not_named = await decide(town, paper, unlike["id"], "SUBDISTRICT_ADMIN", SUBDISTRICT)
    own = await decide(town, paper, unlike["id"])

    assert {one["code"] for one in (outside, unknown, before, not_named)} == {"NotACandidate"}
    assert (outside["path"], outside["message"]) == ("input.memberId", unknown["message"])
    assert [one["member"]["id"] for one in (named, own)] == [alike["id"], unlike["id"]]


async def test_two_people_whom_one_line_fits_are_left_to_a_person(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1, "张伟", "13800000001"), person(2, "张伟", "13900000001")]))

    await import_papers(town, [["张伟", "", "1999-01", "13700000001", "2016-05-01"]])
    made = await reconcile(town, division=COUNTY)

    (stranger,) = [one for one in made["lines"]["nodes"] if one["status"] == "NOT_ON_ROSTER"]
    assert len(stranger["candidates"]) == 2


async def test_the_workbook_holds_every_line_masked(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await town.complete(unit, member)
    made = await reconcile(town, division=COUNTY)

    document = "query Q($id: ID!) { reconciliation(id: $id) { export { fileName contentBase64 } } }"
    exported = await town.api.ask(document, token("AUDITOR", COUNTY), id=made["id"])

    content = base64.b64decode(exported["export"]["contentBase64"])
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_name("名单").to_python()
    masked = f"350802********{id_number(1)[-4:]}"
    assert rows[1] == ["单位1", "张*", masked, "已完成", COMMUNITY, "东兴社区", ""]
    assert b"13800000000" not in content


async def test_a_unit_is_reminded_once_a_day_and_the_event_says_of_how_many(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    await town.staff(unit, 2)
    made = await reconcile(town, division=COUNTY)
    document = (
        "mutation M($input: RemindUnitInput!) { remindUnit(input: $input) "
        f"{{ __typename ... on Reminder {{ people sentAt }} {REFUSAL} }} }}"
    )
    row = {"reconciliationId": made["id"], "unitId": unit}

    first = await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), input=row)
    second = await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), input=row)

    assert (first["people"], len(first["sentAt"])) == (2, 1)
    assert second["code"] == "AlreadyReminded"
    assert await database["outbox"].count_documents({"key": f"{COUNTY}.registration.residual-reminded"}) == 1


async def test_a_scope_is_a_unit_or_a_division(town: Town) -> None:
    unit = await town.register_unit()

    refused = [await reconcile(town), await reconcile(town, unit=unit, division=COUNTY)]
    unknown = await reconcile(town, unit="u0")
    to_come = await reconcile(town, division=COUNTY, asOf="2999-01-01")
    nobody = await reconcile(town, division=COUNTY, line="education")

    assert [one["code"] for one in refused] == ["InvalidInput", "InvalidInput"]
    assert (unknown["code"], to_come["path"]) == ("NotFound", "input.asOf")
    assert nobody["rosterLines"] == 0


async def test_a_communitys_scope_is_who_lives_there(town: Town) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1), person(2, residence=OTHER_COMMUNITY)]))

    made = await town.api.ask(RECONCILE, token("HOST", OTHER_COMMUNITY), input={"division": OTHER_COMMUNITY})

    assert counts(made) == {"NOT_REGISTERED": 1}


async def test_units_are_reminded_of_their_residual_by_itself_until_a_newer_reconciliation_takes_over(
    town: Town, app: FastAPI, database: Database
) -> None:
    unit = await town.register_unit(division=SUBDISTRICT)
    await town.staff(unit, 2)
    commands = app.state.running.commands
    document = (
        "mutation M($input: ReconcileInput!) { reconcile(input: $input) "
        f"{{ __typename ... on Reconciliation {{ id }} {REFUSAL} }} }}"
    )

    async def make(days: int | None) -> Json:
        given = {"division": COUNTY, "remindEveryDays": days}
        made: Json = await town.api.ask(document, token("CITY_ADMIN", CITY), input=given)
        return made

    refused = await make(0)
    made = await make(7)
    steps = [await commands.run(remind_residuals) for _ in range(2)]
    reminders = await database["reminders"].find().to_list()
    await make(None)
    await database["reconciliations"].update_one({"_id": made["id"]}, {"$set": {"remind_on": "2020-01-01"}})
    later = [await commands.run(remind_residuals) for _ in range(2)]

    assert (refused["code"], refused["path"]) == ("InvalidInput", "input.remindEveryDays")
    assert (steps, later) == ([1, 0], [1, 0])
    assert [(one["unit_id"], one["people"], len(one["sent_at"])) for one in reminders] == [(unit, 2, 1)]
    assert await database["reminders"].count_documents({"sent_at.1": {"$exists": True}}) == 0


async def test_two_reconciliations_of_one_scope_at_once_are_each_whole(town: Town) -> None:
    unit = await town.register_unit()
    await town.staff(unit, 3)

    made = await asyncio.gather(*(reconcile(town, unit=unit) for _ in range(2)))

    assert [(one["rosterLines"], len(one["lines"]["nodes"])) for one in made] == [(3, 3), (3, 3)]
    assert made[0]["id"] != made[1]["id"]
