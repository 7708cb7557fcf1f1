"""A certificate as an A4 page: for the member to carry to the community. The Chinese font is embedded.

The page shows the name in full: it is its holder's. The ID number stays masked.
One certificate always gives the same bytes.
"""

import io
from dataclasses import dataclass
from datetime import datetime

import segno
from servicekit.documents.fonts import Fonts
from servicekit.documents.paper import Paper

from registration.domain.calendar import city_date

LEFT, WIDTH = 28.0, 154.0
QR_SIDE = 42.0
RED = (200, 0, 0)
BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class PrintedCertificate:
    """What the paper says; `id_number` comes masked, `qr_payload` is what the QR code holds."""

    number: str
    name: str
    id_number: str
    unit: str
    community: str
    issued_at: datetime
    qr_payload: str


def certificate_pdf(paper: PrintedCertificate, fonts: Fonts) -> bytes:
    """Raises FontMissing."""
    page = _page(paper, fonts)
    _frame(page)
    _title(page, paper)
    _text(page, paper)
    _code(page, paper)
    _receipt(page)
    return bytes(page.output())


def _page(paper: PrintedCertificate, fonts: Fonts) -> Paper:
    page = Paper(f"报到证 {paper.number}", paper.issued_at, fonts)
    page.set_auto_page_break(False)
    page.set_margins(LEFT, 20, LEFT)
    page.add_page()
    return page


def _frame(page: Paper) -> None:
    page.set_draw_color(*RED)
    page.set_line_width(0.7)
    page.rect(18, 18, 174, 261)


def _title(page: Paper, paper: PrintedCertificate) -> None:
    page.set_text_color(*RED)
    page.set_font("bold", size=30)
    page.set_y(38)
    page.cell(WIDTH, 14, "在职党员报到证", align="C")
    page.set_text_color(*BLACK)
    page.set_font("regular", size=14)
    page.set_y(56)
    page.cell(WIDTH, 8, paper.number, align="C")


def _text(page: Paper, paper: PrintedCertificate) -> None:
    issued = city_date(paper.issued_at)
    page.set_font("regular", size=16)
    page.set_xy(LEFT, 76)
    page.multi_cell(
        WIDTH,
        11,
        f"{paper.community}:\n    兹有我单位党员 {paper.name}(身份证号 {paper.id_number}),前往你社区报到,请予接洽。",
        align="L",
    )
    page.set_xy(LEFT, page.get_y() + 14)
    page.multi_cell(WIDTH, 11, f"{paper.unit}\n{issued.year} 年 {issued.month} 月 {issued.day} 日", align="R")


def _code(page: Paper, paper: PrintedCertificate) -> None:
    image = io.BytesIO()
    segno.make(paper.qr_payload, error="q", micro=False).save(image, kind="png", scale=8, border=4)
    image.seek(0)
    page.image(image, x=LEFT, y=158, w=QR_SIDE, h=QR_SIDE)
    page.set_font("regular", size=11)
    page.set_xy(LEFT + QR_SIDE + 4, 172)
    text = "扫码核验本证真伪及是否有效。\n本证由本人交至报到社区,由社区签收回执。"
    page.multi_cell(WIDTH - QR_SIDE - 4, 7, text, align="L")


def _receipt(page: Paper) -> None:
    page.set_draw_color(*BLACK)
    page.set_line_width(0.2)
    page.set_dash_pattern(dash=2, gap=2)
    page.line(LEFT, 212, LEFT + WIDTH, 212)
    page.set_dash_pattern()
    page.set_font("bold", size=16)
    page.set_xy(LEFT, 220)
    page.cell(WIDTH, 10, "回  执", align="C")
    page.set_font("regular", size=14)
    page.set_xy(LEFT, 236)
    blank = " " * 8
    text = f"上述同志已到我社区报到。\n社区主持人(签字):{blank * 2}日期:{blank}年{blank}月{blank}日"
    page.multi_cell(WIDTH, 11, text, align="L")
