"""A statement as a PDF in the layout of official documents."""

import re
from datetime import UTC, date, datetime

from evaluation.domain.standings import YearOfService
from evaluation.domain.statements import Statement, StatementContent, StatementKind, rows_of_person
from evaluation.exports.pdf import HEIGHT, LEFT, TOP, WIDTH
from evaluation.exports.statement import statement_pdf, statement_report

from tests.evaluation.unit.test_exports import FONTS, MILLIMETRE, drawn, needs_font

AS_OF = datetime(2018, 1, 5, 2, tzinfo=UTC)
VANGUARDS = {"MODEL_RESIDENT": 3, "OPINION_GATHERING": 2, "POLICY_OUTREACH": 1, "MEDIATION": 4, "VOLUNTEERING": 2}


def statement() -> Statement:
    content = StatementContent(
        kind=StatementKind.PERSON,
        subject="m-000123",
        year=2017,
        up_to=date(2017, 12, 31),
        as_of=AS_OF,
        positions={"350802": 9},
        rows=rows_of_person(YearOfService(services=12, hours=2_550, stars=1, vanguards=VANGUARDS)),
    )
    return Statement(
        id="st1",
        lane="350802",
        number="HJPJ-2018-0000000000000001",
        kind=StatementKind.PERSON,
        subject="m-000123",
        unit="u1",
        division="350802001",
        year=2017,
        content=content,
        digest=content.digest(),
        signature="A" * 86 + "==",
        issued_by="the unit",
        issued_at=AS_OF,
    )


@needs_font
def test_a_statement_keeps_the_margins_of_an_official_document() -> None:
    file = statement_pdf(statement(), FONTS)

    pages = drawn(file)
    assert b"/MediaBox [0 0 595.28 841.89]" in file
    assert file.count(b"/Type /Page\n") == len(pages) == 2
    for page in pages:
        *body, folio = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) (-?[\d.]+) Td", page)]
        assert min(x for x, _ in body) >= round(LEFT * MILLIMETRE, 2)
        assert max(x for x, _ in body) < (LEFT + WIDTH) * MILLIMETRE
        assert max(y for _, y in body) < (297 - TOP) * MILLIMETRE
        assert min(y for _, y in body) > (297 - TOP - HEIGHT) * MILLIMETRE > folio[1] > 0


@needs_font
def test_the_same_statement_gives_the_same_bytes_and_another_signature_others() -> None:
    first, second = statement_pdf(statement(), FONTS), statement_pdf(statement(), FONTS)
    unsigned = statement_pdf(statement().model_copy(update={"signature": None}), FONTS)

    assert first == second != unsigned


def test_an_unsigned_statement_says_nothing_of_a_signature() -> None:
    signed = statement_report(statement())
    unsigned = statement_report(statement().model_copy(update={"signature": None}))

    assert "签名(Ed25519)" in signed.note
    assert "签名" not in unsigned.note
