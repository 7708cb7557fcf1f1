"""A service certificate as A4 pages, with a QR code to the public page. One certificate always gives the same bytes."""

import io
from dataclasses import dataclass

import segno
from fpdf import FontFace
from fpdf.enums import TableBordersLayout
from servicekit.documents.fonts import Fonts
from servicekit.documents.paper import Paper

from service_tracking.documents.words import VANGUARDS
from service_tracking.domain.days import day_of
from service_tracking.domain.service_certificate import ServiceCertificate

LEFT, WIDTH = 25.0, 160.0
QR_SIDE = 34.0
RED = (200, 0, 0)
BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class CertificateAddress:
    """Where a service certificate is verified: the number is put behind it."""

    url: str


def certificate_pdf(certificate: ServiceCertificate, holder: str, qr_payload: str, fonts: Fonts) -> bytes:
    """Raises FontMissing."""
    page = _page(certificate, fonts)
    _title(page, certificate)
    _text(page, certificate, holder)
    _services(page, certificate)
    _signature(page, certificate)
    _code(page, qr_payload)
    return bytes(page.output())


class _Pages(Paper):
    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("regular", size=10)
        self.cell(0, 6, f"— {self.page_no()} —", align="C")


def _page(certificate: ServiceCertificate, fonts: Fonts) -> Paper:
    page = _Pages(f"服务证明 {certificate.number}", certificate.issued_at, fonts)
    page.set_auto_page_break(True, margin=22)
    page.set_margins(LEFT, 22, LEFT)
    page.add_page()
    return page


def _title(page: Paper, certificate: ServiceCertificate) -> None:
    page.set_text_color(*RED)
    page.set_font("bold", size=26)
    page.cell(WIDTH, 14, "服 务 证 明", align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(*BLACK)
    page.set_font("regular", size=12)
    page.cell(WIDTH, 8, certificate.number, align="C", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)


def _text(page: Paper, certificate: ServiceCertificate, holder: str) -> None:
    page.set_font("regular", size=13)
    text = (
        f"    兹证明 {holder}(党员编号 {certificate.member_id})于 {certificate.starts_on} 至 {certificate.ends_on} "
        f"在我社区参加服务 {len(certificate.services)} 次,共计 {certificate.hours} 小时。具体如下:"
    )
    page.multi_cell(WIDTH, 9, text, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(3)


def _services(page: Paper, certificate: ServiceCertificate) -> None:
    page.set_font("regular", size=11)
    with page.table(
        width=WIDTH,
        col_widths=(28, 82, 32, 18),
        text_align=("CENTER", "LEFT", "CENTER", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=7,
        headings_style=FontFace(family="bold", emphasis=""),
    ) as table:
        table.row(["日期", "内容", "类别", "小时"])
        for one in certificate.services:
            table.row([one.served_on.isoformat(), one.activity, VANGUARDS[one.vanguard], str(one.hours)])
    page.ln(4)


def _signature(page: Paper, certificate: ServiceCertificate) -> None:
    issued = day_of(certificate.issued_at)
    page.set_font("regular", size=12)
    lines = [
        f"负责人:{certificate.person_in_charge}    经办人:{certificate.handler}    联系方式:{certificate.contact}",
        *([f"备注:{certificate.remarks}"] if certificate.remarks else []),
    ]
    page.multi_cell(WIDTH, 8, "\n".join(lines), align="L", new_x="LMARGIN", new_y="NEXT")
    signed = f"{certificate.issuer}(盖章)\n{issued.year} 年 {issued.month} 月 {issued.day} 日"
    page.multi_cell(WIDTH, 9, signed, align="R", new_x="LMARGIN", new_y="NEXT")


def _code(page: Paper, qr_payload: str) -> None:
    image = io.BytesIO()
    segno.make(qr_payload, error="q", micro=False).save(image, kind="png", scale=8, border=4)
    image.seek(0)
    if page.will_page_break(QR_SIDE + 2):
        page.add_page()
    y = page.get_y()
    page.image(image, x=LEFT, y=y, w=QR_SIDE, h=QR_SIDE)
    page.set_font("regular", size=10)
    page.set_xy(LEFT + QR_SIDE + 4, y + 10)
    text = "扫码核验真伪与内容。记录更正后,本证明显示为已更新,以新证明为准。"
    page.multi_cell(WIDTH - QR_SIDE - 4, 6, text, align="L")
