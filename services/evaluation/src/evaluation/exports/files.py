"""A frozen bulletin as a file of the format asked for."""

import base64
from dataclasses import dataclass
from enum import StrEnum

from servicekit.documents.fonts import Fonts

from evaluation.domain.issues import BulletinIssue
from evaluation.exports.html import html
from evaluation.exports.markdown import markdown
from evaluation.exports.pdf import pdf
from evaluation.exports.report import report_of
from evaluation.exports.xlsx import xlsx


class FileFormat(StrEnum):
    MARKDOWN = "MARKDOWN"
    HTML = "HTML"
    XLSX = "XLSX"
    PDF = "PDF"


_KINDS = {
    FileFormat.MARKDOWN: ("md", "text/markdown; charset=utf-8"),
    FileFormat.HTML: ("html", "text/html; charset=utf-8"),
    FileFormat.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    FileFormat.PDF: ("pdf", "application/pdf"),
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes

    def base64(self) -> str:
        return base64.b64encode(self.content).decode()


def export(issue: BulletinIssue, format: FileFormat, fonts: Fonts) -> File:
    """The same issue gives the same bytes. A PDF takes half a second. Raises FontMissing."""
    ending, media_type = _KINDS[format]
    name = f"{issue.unit or issue.division}-{issue.number or 'frozen'}.{ending}"
    return File(name, media_type, _content(issue, format, fonts))


def _content(issue: BulletinIssue, format: FileFormat, fonts: Fonts) -> bytes:
    assert issue.content is not None, "a draft has no file"
    if format is FileFormat.XLSX:
        return xlsx(issue)
    report = report_of(issue)
    if format is FileFormat.PDF:
        return pdf(report, issue.content.as_of, fonts)
    return markdown(report) if format is FileFormat.MARKDOWN else html(report)
