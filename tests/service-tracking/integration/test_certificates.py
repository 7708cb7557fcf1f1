"""Service certificates: what a community recorded, verifiable by anybody, superseded by a correction."""

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from service_tracking.documents.certificate_pdf import certificate_pdf
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.service_certificate import NUMBERS, CertificateDraft, ServiceCertificate
from service_tracking.storage.collections import CERTIFICATES
from service_tracking.use_cases.ask_correction import AskCorrection, ask_correction
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.decide_correction import DecideCorrection, decide_correction
from service_tracking.use_cases.revoke_certificate import revoke_certificate
from servicekit.documents.fonts import Fonts
from servicekit.security import Role

from .http import get

FONTS = Fonts(Path("/usr/share/fonts/truetype/lxgw-wenkai"))
ISSUE = """mutation($v: IssueServiceCertificateInput!) { issueServiceCertificate(input: $v) { __typename
  ... on ServiceCertificate { number hours state services { activity hours } }
  ... on Refusal { code path } } }"""
CHECK = """query($n: String!) { serviceCertificate(number: $n) { state name memberId hours services { activity } issuer
  contact remarks } }"""
OF_MEMBER = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Member {
  serviceCertificates { nodes { number state pdfBase64 qrPayload } } } } }"""


def said(town: Any, member: str, **changes: Any) -> dict[str, Any]:
    paper = {"holderName": "张三丰", "issuer": "东兴社区", "personInCharge": "陈主任", "handler": "小李"}
    period = {"startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    about = {"memberId": member, "communityCode": town.community, "contact": "0597-1234567", "remarks": "表现突出"}
    return {**paper, **period, **about, **changes}


async def confirmed(town: Any, member: str, **told: Any) -> ServiceRecord:
    record = await town.submit(member, **told)
    (done,) = await town.run(confirm_records, Person("host"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
    return done


async def issued(town: Any, api: Any, member: str, **changes: Any) -> Any:
    host = (Role.HOST, town.community)
    return await api.result(ISSUE, host, subject="host", v=said(town, member, **changes))


async def test_it_certifies_what_this_community_confirmed_in_the_period_and_nothing_else(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member, activity="巡逻", hours=Decimal("1.5"))
    await confirmed(town, member, activity="清扫", hours=Decimal("2"), served_on=date(2026, 3, 6))
    await confirmed(town, member, activity="去年", served_on=date(2025, 3, 6))
    await confirmed(town, member, activity="别处", community="350802999999")
    await town.submit(member, activity="待确认")

    certificate = await issued(town, api, member)

    assert [one["activity"] for one in certificate["services"]] == ["巡逻", "清扫"]
    assert (certificate["hours"], certificate["state"]) == ("3.5", "VALID")
    assert NUMBERS.check(certificate["number"], "number").startswith("FW-350802-")


async def test_anybody_sees_the_content_by_the_number_with_the_name_masked(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member, activity="巡逻")
    number = (await issued(town, api, member))["number"]

    answer = await api.send(CHECK, None, n=number.lower())
    status, body, headers = await get(api.app, f"/service-certificate/{number}")

    found = answer["data"]["serviceCertificate"]
    assert (found["state"], found["name"], found["memberId"]) == ("VALID", "张**", member)
    page = body.decode()
    assert status == 200
    shown = ("张**", "巡逻", "志愿服务", "1.5", "东兴社区", "陈主任", "小李", "0597-1234567", "表现突出")
    assert [told for told in (number, member, *shown) if told not in page] == []
    assert "张三丰" not in page
    assert headers["x-robots-tag"] == "noindex"
    kept = await town.database[CERTIFICATES].find_one({"number": number})
    assert "张三丰" not in str(kept)


async def test_one_that_is_sent_twice_has_one_number(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member)

    sent = await asyncio.gather(*(issued(town, api, member, reference=f"paper of {member}") for _ in range(4)))
    await confirmed(town, member, served_on=date(2026, 3, 6))
    late = await issued(town, api, member, reference=f"paper of {member}")

    assert len({one["number"] for one in [*sent, late]}) == 1
    assert (late["hours"], late["state"]) == ("1.5", "VALID")


async def test_the_same_paper_has_one_number_until_it_is_revoked(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member)

    alike = await asyncio.gather(*(issued(town, api, member) for _ in range(4)))
    otherwise = [await issued(town, api, member, **said) for said in ({"remarks": "备用"}, {"holderName": "张三"})]
    numbers = {one["number"] for one in alike}
    (first,) = numbers
    await town.run(revoke_certificate, first, "a wrong paper")
    anew = await issued(town, api, member)

    assert len(numbers | {one["number"] for one in [*otherwise, anew]}) == 4


async def test_nobody_certifies_the_own_service(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member)

    refused = await api.result(ISSUE, (Role.HOST, town.community), (Role.MEMBER, member), v=said(town, member))

    assert (refused["code"], refused["path"]) == ("OwnRecord", "input.memberId")


async def test_a_mistyped_number_is_told_from_an_unknown_one(api: Any) -> None:
    mistyped, body, _ = await get(api.app, "/service-certificate/FW-350802-<b>")
    unknown, _, _ = await get(api.app, f"/service-certificate/{NUMBERS.number('350802', 5)}")
    answer = await api.send(CHECK, None, n=NUMBERS.number("350802", 5))

    assert (mistyped, unknown) == (400, 404)
    assert b"<b>" not in body
    assert answer["data"]["serviceCertificate"] is None


async def test_after_a_correction_the_old_figures_show_as_superseded(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    record = await confirmed(town, member)
    number = (await issued(town, api, member))["number"]

    asked = AskCorrection(record.id, "it was longer", hours=Decimal(3))
    await town.run(ask_correction, Person("unit"), asked, subject="unit")
    before = await api.send(CHECK, None, n=number)
    await town.run(decide_correction, Person("street"), DecideCorrection(record.id, True), subject="street")
    after = await api.send(CHECK, None, n=number)
    own = await api.data(OF_MEMBER, (Role.MEMBER, member), of=[{"__typename": "Member", "id": member}])
    anew = await issued(town, api, member)

    states = [answer["data"]["serviceCertificate"]["state"] for answer in (before, after)]
    assert states == ["VALID", "SUPERSEDED"]
    (listed,) = own["_entities"][0]["serviceCertificates"]["nodes"]
    assert (listed["state"], listed["pdfBase64"]) == ("SUPERSEDED", None)
    assert (anew["hours"], anew["state"]) == ("3.0", "VALID")


async def test_a_revoked_one_says_so_once(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member)
    number = (await issued(town, api, member))["number"]
    revoke = "mutation($v: RevokeServiceCertificateInput!) { revokeServiceCertificate(input: $v) { __typename } }"
    row = {"number": number, "reason": "姓名有误"}

    outcomes = [await api.result(revoke, (Role.HOST, town.community), v=row) for _ in range(2)]

    assert [one["__typename"] for one in outcomes] == ["ServiceCertificate", "CertificateRevoked"]
    _, page, _ = await get(api.app, f"/service-certificate/{number}")
    assert "Revoked" in page.decode()
    assert "姓名有误" not in page.decode()


async def test_what_a_helper_wrote_of_a_household_is_not_on_it(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)
    claim = await town.claim(need, member)
    await confirmed(town, member, activity="看望林秀英", claim_id=claim.id)

    certificate = await issued(town, api, member)

    assert [one["activity"] for one in certificate["services"]] == [need.title]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"startsOn": "2027-01-01"}, "InvalidInput", "input.endsOn"),
        ({"startsOn": "2024-01-01", "endsOn": "2024-02-01"}, "NothingToCertify", "input.memberId"),
        ({"issuer": " "}, "InvalidInput", "input.issuer"),
        ({"holderName": ""}, "InvalidInput", "input.holderName"),
    ],
)
async def test_a_wrong_draft_is_refused_with_its_field(
    town: Any, api: Any, changes: dict[str, Any], code: str, path: str
) -> None:
    (member,) = await town.members(1)
    await confirmed(town, member)

    refused = await issued(town, api, member, **changes)

    assert (refused["code"], refused["path"]) == (code, path)
    assert await town.database[CERTIFICATES].count_documents({"member_id": member}) == 0


async def test_the_paper_is_for_its_holder_and_not_for_auditors(town: Any, api: Any) -> None:
    if not FONTS.folder.is_dir():
        pytest.skip("fonts-lxgw-wenkai isn't installed")
    (member,) = await town.members(1)
    await confirmed(town, member)
    await issued(town, api, member)
    of = [{"__typename": "Member", "id": member}]

    async def paper(*grant: Any) -> Any:
        answer = await api.ask(OF_MEMBER, grant, of=of)
        return answer["data"]["_entities"][0]["serviceCertificates"]["nodes"][0]["pdfBase64"]

    assert base64.b64decode(await paper(Role.MEMBER, member)).startswith(b"%PDF")
    assert await paper(Role.AUDITOR, "350800") is None


def test_a_long_one_is_a4_pages_with_their_fonts_inside_and_the_same_again() -> None:
    if not FONTS.folder.is_dir():
        pytest.skip("fonts-lxgw-wenkai isn't installed")
    draft = CertificateDraft("m", "350802001001", date(2026, 1, 1), date(2026, 12, 31), *"ABCD")
    record = ServiceRecord.model_construct(
        id="r",
        unit_id="u",
        offer_id=None,
        activity="莲花小区夜间巡逻",
        served_on=date(2026, 3, 5),
        hours=Decimal("1.5"),
        vanguard="VOLUNTEERING",
    )
    paper = ServiceCertificate.issue(
        replace(draft, remarks="备注"),
        [record] * 40,
        {},
        id="c",
        number=NUMBERS.number("350802", 7),
        sealed="",
        by="host",
        now=datetime(2026, 5, 1, 8, tzinfo=UTC),
    )

    first, second = [certificate_pdf(paper, "张三丰", "https://huijia.test/FW", FONTS) for _ in range(2)]

    assert first == second
    assert first.count(b"/FontFile2") == 2
    assert first.count(b"/Type /Page\n") == 2
    assert b"/MediaBox [0 0 595.28 841.89]" in first
