"""Personal data: masked unless revealed, revealed for a purpose and never unlogged, the member's to correct."""

import asyncio
from typing import Any

import orjson
import pytest
from bson import decode_all, encode
from servicekit.storage.mongo import Database
from structlog.testing import capture_logs

from tests.registration.samples import CITY, COMMUNITY, COUNTY, OTHER_COMMUNITY, csv_file, id_number, person
from tests.registration.town import REFUSAL, Town, token

NAME, PHONE = "欧阳若兰", "13912345678"
REVEAL = (
    "mutation M($input: RevealPersonalDataInput!) { revealPersonalData(input: $input) { __typename "
    "... on RevealedPersonalData { name idNumber phone reveal { id fields purpose by } } " + REFUSAL + " } }"
)
CONSENT = (
    "mutation M($input: GiveConsentInput!) { giveConsent(input: $input) { __typename "
    "... on Member { consent { version inForce withdrawnAt } } ... on ConsentOutdated { version } " + REFUSAL + " } }"
)
WITHDRAW = (
    "mutation M($input: OwnDataInput!) { withdrawConsent(input: $input) { __typename "
    "... on Member { consent { inForce } } " + REFUSAL + " } }"
)
PUBLISH = (
    "mutation M($input: PublishConsentTextInput!) { publishConsentText(input: $input) { __typename "
    "... on ConsentText { version } " + REFUSAL + " } }"
)
ASK = (
    "mutation M($input: RequestDataCorrectionInput!) { requestDataCorrection(input: $input) { __typename "
    "... on DataCorrection { id value status } ... on DataCorrectionPending { correctionId } " + REFUSAL + " } }"
)
DECIDE = (
    "mutation M($input: DecideDataCorrectionInput!) { decideDataCorrection(input: $input) { __typename "
    "... on DataCorrection { status } " + REFUSAL + " } }"
)
EXPORT = (
    "mutation M($input: OwnDataInput!) { exportPersonalData(input: $input) { __typename "
    "... on PersonalExport { format json } " + REFUSAL + " } }"
)


class Person:
    """A member with a name and phone of its own, of a unit."""

    def __init__(self, town: Town, unit: str, member: str) -> None:
        self.town, self.unit, self.id = town, unit, member
        self.own = token("MEMBER", member)

    @classmethod
    async def of(cls, town: Town) -> "Person":
        unit = await town.register_unit()
        await town.roster(unit, csv_file([person(1, NAME, PHONE)]))
        (member,) = await town.members(unit)
        return cls(town, unit, member["id"])

    async def reveal(self, bearer: str, **changed: Any) -> Any:
        row = {
            "memberId": self.id,
            "fields": ["ID_NUMBER", "PHONE"],
            "purpose": "CONTACT",
            "note": "来访约定",
            **changed,
        }
        return await self.town.api.ask(REVEAL, bearer, input=row)

    async def consent(self, version: int) -> Any:
        return await self.town.api.ask(CONSENT, self.own, input={"memberId": self.id, "version": version})

    async def ask(self, field: str = "PHONE", value: str = "13700000000") -> Any:
        row = {"memberId": self.id, "field": field, "value": value, "reason": "换号"}
        return await self.town.api.ask(ASK, self.own, input=row)

    async def decide(self, correction: str, accept: bool = True) -> Any:
        row = {"correctionId": correction, "accept": accept, "note": "已核对"}
        return await self.town.api.ask(DECIDE, token("UNIT_ADMIN", self.unit), input=row)


async def publish(town: Town) -> int:
    text = {"city": CITY, "zh": "个人信息告知书", "en": "Notice"}
    made = await town.api.ask(PUBLISH, token("CITY_ADMIN", CITY), input=text)
    return int(made["version"])


async def test_a_reveal_shows_only_the_fields_asked_for_and_the_member_and_the_auditor_see_who_saw_them(
    town: Town,
) -> None:
    one = await Person.of(town)

    shown = await one.reveal(token("UNIT_ADMIN", one.unit))

    assert (shown["idNumber"], shown["phone"], shown["name"]) == (id_number(1), PHONE, None)
    seen = {"id": shown["reveal"]["id"], "by": f"UNIT_ADMIN:{one.unit}", "purpose": "CONTACT", "note": "来访约定"}
    fields = "nodes { id by purpose note }"
    mine = await town.api.ask(f"{{ me {{ reveals {{ {fields} }} }} }}", one.own)
    listed = await town.api.ask(f'{{ dataReveals(lane: "{COUNTY}") {{ {fields} }} }}', token("AUDITOR", COUNTY))
    assert mine["reveals"]["nodes"] == listed["nodes"] == [seen]
    document = f'{{ member(id: "{one.id}") {{ reveals {{ {fields} }} }} }}'
    assert await town.api.code(document, token("UNIT_ADMIN", one.unit)) == "FORBIDDEN"


async def test_without_a_reveal_everybody_sees_it_masked(town: Town) -> None:
    one = await Person.of(town)

    (member,) = await town.members(one.unit)

    assert (member["name"], member["phone"]) == ("欧***", "139****5678")
    assert member["idNumber"] == f"{id_number(1)[:6]}********{id_number(1)[-4:]}"


async def test_the_host_sees_it_only_with_the_members_consent_to_the_notice_in_force(town: Town) -> None:
    one = await Person.of(town)
    host = token("HOST", COMMUNITY)
    unregistered = await one.reveal(host)
    await town.submit(one.id)
    before = await one.reveal(host)
    version = await publish(town)
    outdated = await one.consent(version + 1)
    given = await one.consent(version)

    with_consent = await one.reveal(host)
    again = await one.consent(version)
    await publish(town)
    newer = await one.reveal(host)
    await one.consent(version + 1)
    renewed = await one.reveal(host)
    taken_back = await town.api.ask(WITHDRAW, one.own, input={"memberId": one.id})
    after = await one.reveal(host)
    elsewhere = await one.reveal(token("HOST", OTHER_COMMUNITY))

    assert unregistered["__typename"] == "NotPermitted"
    assert before["__typename"] == newer["__typename"] == after["__typename"] == "ConsentMissing"
    assert (outdated["__typename"], outdated["version"]) == ("ConsentOutdated", version)
    assert given["consent"] == again["consent"] == {"version": version, "inForce": True, "withdrawnAt": None}
    assert with_consent["phone"] == renewed["phone"] == PHONE
    assert taken_back["consent"] == {"inForce": False}
    assert elsewhere["__typename"] == "NotPermitted"


async def test_consent_twice_at_once_is_kept_once(town: Town, database: Database) -> None:
    one = await Person.of(town)
    version = await publish(town)

    await asyncio.gather(*(one.consent(version) for _ in range(4)))

    kept = await database["consents"].find_one({"_id": one.id})
    assert kept is not None
    assert len(kept["given"]) == 1


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"fields": []}, "input.fields"),
        ({"note": "x"}, "input.note"),
        ({"purpose": "OWN_EXPORT"}, "input.purpose"),
        ({"memberId": "nobody"}, "input.memberId"),
    ],
)
async def test_a_reveal_without_a_purpose_is_refused_with_the_path_and_shows_nothing(
    town: Town, database: Database, changed: Any, path: str
) -> None:
    one = await Person.of(town)

    refused = await one.reveal(token("UNIT_ADMIN", one.unit), **changed)

    assert refused["path"] == path
    assert PHONE not in str(refused)
    assert await database["reveals"].count_documents({}) == 0


async def test_a_correction_takes_effect_once_the_unit_accepts_it(town: Town) -> None:
    one = await Person.of(town)

    asked = await one.ask()
    twice = await one.ask(value="13700000001")
    bad = await one.ask("NAME", "1")
    (before,) = await town.members(one.unit)
    decided = await one.decide(asked["id"])
    again = await one.decide(asked["id"], accept=False)
    (after,) = await town.members(one.unit)

    assert (asked["status"], asked["value"]) == ("PENDING", "137****0000")
    assert (twice["__typename"], twice["correctionId"]) == ("DataCorrectionPending", asked["id"])
    assert bad["path"] == "input.value"
    assert decided["status"] == "ACCEPTED"
    assert again["__typename"] == "DataCorrectionDecided"
    assert (before["phone"], after["phone"]) == ("139****5678", "137****0000")


async def test_the_next_roster_does_not_undo_a_correction_and_says_so(town: Town) -> None:
    one = await Person.of(town)
    await one.decide((await one.ask())["id"])

    previewed = await town.roster(one.unit, csv_file([person(1, NAME, PHONE)]), mutation="previewRoster")
    applied = await town.roster(one.unit, csv_file([person(1, NAME, "13600000000")]))
    (after,) = await town.members(one.unit)

    assert (previewed["warnings"], previewed["unchanged"]) == (1, 1)
    assert applied["version"]["changed"] == 1
    assert after["phone"] == "137****0000"


async def test_a_unit_that_enrols_who_left_another_neither_learns_nor_changes_what_that_unit_had(town: Town) -> None:
    one, other = await Person.of(town), await town.register_unit(2)
    await town.roster(one.unit, csv_file([person(2)]))

    await town.roster(other, csv_file([person(1, NAME, "")]))
    (enrolled,) = await town.members(other)
    revealed = await one.reveal(token("UNIT_ADMIN", other))
    await town.roster(other, csv_file([person(3)]))
    await town.roster(one.unit, csv_file([person(1, NAME, ""), person(2)]))
    back = {member["id"]: member["phone"] for member in await town.members(one.unit)}

    assert (enrolled["id"], enrolled["phone"], revealed["phone"]) == (one.id, None, None)
    assert back[one.id] == "139****5678"


async def test_an_id_number_of_somebody_else_is_not_taken_and_the_request_stays_open(town: Town) -> None:
    one = await Person.of(town)
    await town.staff(await town.register_unit(2), start=2)
    asked = await one.ask("ID_NUMBER", id_number(2))

    refused = await one.decide(asked["id"])
    settled = await one.decide(asked["id"], accept=False)

    assert refused["__typename"] == "DataCorrectionImpossible"
    assert settled["status"] == "REFUSED"


async def test_a_corrected_id_number_is_the_one_that_the_next_roster_is_matched_by(town: Town) -> None:
    one = await Person.of(town)
    await one.decide((await one.ask("ID_NUMBER", id_number(9)))["id"])

    applied = await town.roster(one.unit, csv_file([person(9, NAME, PHONE)]))

    review = applied["review"]
    assert (review["joined"], review["unchanged"], review["left"]) == (0, 1, 0)


async def test_an_export_has_everything_about_the_member_in_clear_and_is_logged(town: Town) -> None:
    one = await Person.of(town)
    version = await publish(town)
    await one.consent(version)
    await town.complete(one.unit, one.id)
    await one.reveal(token("UNIT_ADMIN", one.unit))
    await one.ask()

    exported = await town.api.ask(EXPORT, one.own, input={"memberId": one.id})
    other = await town.api.ask(EXPORT, token("MEMBER", "m0"), input={"memberId": one.id})

    content = orjson.loads(exported["json"])
    assert content["format"] == exported["format"] == "huijia-personal-export/1"
    assert content["person"] == {"name": NAME, "id_number": id_number(1), "phone": PHONE}
    assert content["stated"]["entries"] == {one.unit: {"name": NAME, "phone": PHONE}}
    assert [entry["status"] for entry in content["registrations"]] == ["COMPLETED"]
    assert content["consents"][0]["given"][0]["number"] == version
    assert content["reveals"][0]["purpose"] == "CONTACT"
    assert content["data_corrections"][0]["value"] == "13700000000"
    assert "apply_roster" in {entry["operation"] for entry in content["changes"]}
    assert "sealed" not in exported["json"]
    assert other["__typename"] == "NotPermitted"
    mine = await town.api.ask("{ me { reveals { nodes { purpose } } } }", one.own)
    assert [node["purpose"] for node in mine["reveals"]["nodes"]] == ["CONTACT", "OWN_EXPORT"]


async def test_after_the_whole_scenario_no_log_event_or_document_has_personal_data_in_clear(
    town: Town, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = (NAME, PHONE, id_number(1), "13700000000", id_number(8), "欧阳若梅")
    with capture_logs() as logs:
        one = await Person.of(town)
        await one.consent(await publish(town))
        await town.complete(one.unit, one.id)
        await one.reveal(token("UNIT_ADMIN", one.unit))
        await one.reveal(token("HOST", COMMUNITY))
        await one.decide((await one.ask())["id"])
        refused = [await one.ask("ID_NUMBER", id_number(8)[:17]), await one.ask("NAME", "欧阳若梅1")]
        await town.roster(one.unit, csv_file([person(1, "欧阳若梅", "13700000000"), person(8, NAME, "12")]))
        await town.api.ask(EXPORT, one.own, input={"memberId": one.id})
        wrong = await town.api.answer(REVEAL, one.own, input={"memberId": one.id, "note": NAME, "phone": PHONE})

    told = [*map(str, logs), caplog.text, str(refused), str(wrong)]
    for name in await database.list_collection_names():
        documents = decode_all(b"".join([encode(one) async for one in database[name].find()]))
        told += [f"{name}: {document}" for document in documents]
    found = [(secret, text[:200]) for secret in secrets for text in told if secret in text]
    assert found == []
