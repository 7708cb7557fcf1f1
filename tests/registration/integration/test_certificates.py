"""The paper and the public page: what each shows, and nothing else."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from registration.documents.certificate_pdf import PrintedCertificate, certificate_pdf
from registration.domain.certificates import certificate_number
from servicekit.documents.fonts import FontMissing, Fonts
from starlette.types import Message

from tests.registration.samples import COMMUNITY, id_number
from tests.registration.town import Town, token

PAPER = PrintedCertificate(
    number=certificate_number("350802", 7),
    name="张三",
    id_number="350802********0012",
    unit="教育局",
    community="东兴社区",
    issued_at=datetime(2016, 5, 1, 8, tzinfo=UTC),
    qr_payload="https://huijia.test/certificate/HJ",
)
PDF = "query Q($id: ID!) { registration(id: $id) { certificate { number pdfBase64 } } }"


async def page(app: FastAPI, path: str) -> tuple[int, str, dict[str, str]]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode(), headers


async def test_the_page_shows_what_the_paper_shows_and_nothing_else(town: Town, app: FastAPI) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    number = certified["certificateNumber"]

    status, shown, headers = await page(app, f"/certificate/{number.lower()}")

    assert status == 200
    for told in (number, "张*", "单位1", "东兴社区", "In force"):
        assert told in shown
    for secret in ("张三", id_number(1), id_number(1)[-4:], "13800000000", member, unit, certified["id"]):
        assert secret not in shown
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-robots-tag"] == "noindex"


async def test_the_page_tells_a_void_certificate_with_the_date(town: Town, app: FastAPI) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    await town.change("voidCertificate", token("UNIT_ADMIN", unit), registrationId=certified["id"], reason="遗失")

    _, shown, _ = await page(app, f"/certificate/{certified['certificateNumber']}")

    assert "Voided on" in shown
    assert "遗失" not in shown


async def test_a_mistyped_number_is_told_from_an_unknown_one_and_comes_out_harmless(town: Town, app: FastAPI) -> None:
    mistyped, answer, _ = await page(app, "/certificate/HJ-350802-<script>-1")
    unknown, _, _ = await page(app, f"/certificate/{certificate_number('350802', 99)}")

    assert (mistyped, unknown) == (400, 404)
    assert "<script>" not in answer


async def test_the_paper_is_printed_for_its_holder_and_for_nobody_else(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])

    own = await town.api.ask(PDF, token("MEMBER", member), id=certified["id"])
    hosts = await town.api.ask(PDF, token("HOST", COMMUNITY), id=certified["id"])

    await town.receive(certified["certificateNumber"])
    after = await town.api.ask(PDF, token("HOST", COMMUNITY), id=certified["id"])

    content = base64.b64decode(own["certificate"]["pdfBase64"])
    assert content.startswith(b"%PDF")
    assert hosts["certificate"] is None
    assert after["certificate"] == {"number": certified["certificateNumber"], "pdfBase64": None}


def test_the_paper_is_one_a4_page_with_its_fonts_inside_and_the_same_again() -> None:
    fonts = Fonts(Path("/usr/share/fonts/truetype/lxgw-wenkai"))
    if not fonts.folder.is_dir():
        pytest.skip("fonts-lxgw-wenkai isn't installed")

    first, second = certificate_pdf(PAPER, fonts), certificate_pdf(PAPER, fonts)

    assert first == second
    assert first.count(b"/FontFile2") == 2
    assert first.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 595.28 841.89]" in first


def test_without_the_font_the_answer_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as missing:
        certificate_pdf(PAPER, Fonts(tmp_path))

    assert "fonts-lxgw-wenkai" in missing.value.next_step("en")
