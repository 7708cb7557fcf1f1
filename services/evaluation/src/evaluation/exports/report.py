"""What a bulletin's file says, before any format: an official document in Chinese."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from evaluation.domain.facts import LOCAL_TIME
from evaluation.domain.issues import BulletinIssue, Compared, Content, Measured, Revision, Row

NONE = "无"
DIGITS = "零一二三四五六七八九"
_WIDE = dict(zip(",;:()?!", "\uff0c\uff1b\uff1a\uff08\uff09\uff1f\uff01", strict=True))
_NARROW = re.compile(r"[;:()?!]|,(?![0-9])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the line; the first column is text, the others are numbers."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, from the top; a bar without a value isn't drawn."""

    title: str
    bars: list[tuple[str, Decimal | None]]


Block = Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Report:
    issuer: str
    number: str
    title: str
    sections: list[Section] = field(default_factory=list)
    signature: str = ""
    dated: str = ""
    note: str = ""


def report_of(issue: BulletinIssue) -> Report:
    """The report of a frozen issue."""
    content = issue.content
    assert content is not None, "a draft has no content"
    as_of = content.as_of.astimezone(LOCAL_TIME)
    parts = [
        ("各项数据", _figures(issue, content)),
        ("各单位情况" if issue.line else "下级区划情况", _compared(content.compared, "单位" if issue.line else "区划")),
        ("各月服务情况", _months(content)),
        ("对以往通报的更正", _corrections(content)),
        ("统计口径", _rules(content.rows)),
    ]
    kept = [(heading, blocks) for heading, blocks in parts if blocks]
    return Report(
        issuer=f"{issue.division_name}在职党员回家工作通报",
        number=_in_full(issue.number) if issue.number else "(未发布)",
        title=f"关于{issue.period.label()}在职党员回社区报到服务情况的通报",
        sections=[Section(f"{chinese(n)}、{heading}", blocks) for n, (heading, blocks) in enumerate(kept, 1)],
        signature=issue.division_name,
        dated=f"{as_of.year}年{as_of.month}月{as_of.day}日",
        note=f"数据截至 {as_of:%Y-%m-%d %H:%M:%S}（北京时间）。内容摘要（SHA-256）：{issue.digest}",
    )


def chinese(number: int) -> str:
    """1 to 9999 in Chinese numerals."""
    written, place = "", number
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, place = divmod(place, power)
        if digit:
            written += DIGITS[digit] + name
        elif written and place and not written.endswith(DIGITS[0]):
            written += DIGITS[0]
    return written.removeprefix(DIGITS[1]) if 10 <= number < 20 else written


def official(text: str) -> str:
    """Chinese text with the full-width marks that official documents ask for; numbers keep theirs."""
    return _NARROW.sub(lambda mark: _WIDE[mark.group()], text)


def _in_full(number: str) -> str:
    """The number 2017-3 as documents write it."""
    year, serial = number.split("-")
    return f"〔{year}〕{serial}号"


def amount(value: Decimal | int | None) -> str:
    return NONE if value is None else f"{value:,}"


def _figures(issue: BulletinIssue, content: Content) -> list[Block]:
    rows: list[tuple[str, ...]] = [
        (
            official(f"{row.name.zh}({row.unit.zh})"),
            amount(row.value),
            amount(row.numerator) if row.denominator is not None else "",
            amount(row.denominator) if row.denominator is not None else "",
            amount(row.in_period) if row.in_period is not None else "",
        )
        for row in content.rows
    ]
    intro = (
        f"{issue.division_name}{issue.period.label()}在职党员回社区报到服务情况如下。分母为零的比率无数值,记为“无”。"
    )
    return [Paragraph(official(intro)), Table(("指标", "数值", "分子", "分母", "本期"), rows, (11, 5, 4, 4, 4))]


def _compared(compared: list[Compared], of: str) -> list[Block]:
    if not compared:
        return []
    keys = ("registration_rate", "service_rate", "person_visits")
    rows: list[tuple[str, ...]] = [(one.name, *(amount(one.values[key]) for key in keys)) for one in compared]
    visits = [(one.name, one.values["person_visits"]) for one in compared]
    return [
        Table((of, "报到率(%)", "服务率(%)", "服务人次"), rows, (13, 5, 5, 5)),
        Chart(f"各{of}服务人次", visits),
    ]


def _months(content: Content) -> list[Block]:
    bars: list[tuple[str, Decimal | None]] = [
        (f"{int(month[5:])}月", Decimal(services)) for month, services in sorted(content.months.items())
    ]
    return [Chart("本年各月服务人次", bars)] if bars else []


def _corrections(content: Content) -> list[Block]:
    texts = [
        f"{_in_full(one.number)}通报所载{one.period.label()}{one.name.zh}为{one.published:,},"
        f"现更正为{one.corrected:,}({one.corrected - one.published:+,})。"
        for one in content.corrections
    ]
    if content.appeals and (texts or content.revisions):
        texts.append(f"上期以来,准予申诉并已据以更正的有{len(content.appeals)}件。")
    if content.revisions:
        texts.append("以往通报所载比率与区划数的更正见下表。")
    return [*_numbered(texts), *_revisions(content.revisions or [])]


def _revisions(revisions: list[Revision]) -> list[Block]:
    rows: list[tuple[str, ...]] = [
        (
            official(f"{_in_full(one.number)}{one.period.label()}{one.name.zh}"),
            *(official(measured(value, one.unit.zh)) for value in (one.published, one.revised)),
        )
        for one in revisions
    ]
    return [Table(("通报、期间与指标", "原载", "更正为"), rows, (12, 8, 8))] if rows else []


def measured(one: Measured, unit: str) -> str:
    """A rate with its parts, or a number."""
    if one.denominator is None:
        return amount(one.value)
    value = NONE if one.value is None else f"{amount(one.value)}{unit}"
    return f"{value}({one.numerator:,}/{one.denominator:,})"


def _rules(rows: list[Row]) -> list[Block]:
    return _numbered(f"{row.name.zh}:{row.rule.zh}" for row in rows)


def _numbered(texts: Iterable[str]) -> list[Block]:
    return [Paragraph(official(f"({chinese(n)}){text}")) for n, text in enumerate(texts, 1)]
