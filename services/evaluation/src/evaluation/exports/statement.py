"""An evaluation statement as an official document."""

from servicekit.documents.fonts import Fonts

from evaluation.domain.facts import local_date
from evaluation.domain.statements import Statement, StatementKind, StatementRow
from evaluation.exports.pdf import pdf
from evaluation.exports.report import Block, Paragraph, Report, Section, Table, amount, chinese, official

_OF = {StatementKind.PERSON: "在职党员", StatementKind.UNIT: "单位党组织"}


def statement_pdf(statement: Statement, fonts: Fonts) -> bytes:
    """The same statement gives the same bytes. Raises FontMissing."""
    return pdf(statement_report(statement), statement.content.as_of, fonts)


def statement_report(statement: Statement) -> Report:
    content = statement.content
    day = local_date(statement.issued_at)
    who = _OF[statement.kind]
    intro = f"兹证明{who}(编号 {statement.subject}){statement.year}年度回社区报到服务情况如下,数据截至{content.up_to}。"
    table = _table(content.rows)
    rules: list[Block] = [
        Paragraph(official(f"({chinese(n)}){row.name.zh}:{row.rule.zh}")) for n, row in enumerate(content.rows, 1)
    ]
    return Report(
        issuer=f"{who}回家工作评价证明",
        number=statement.number,
        title=f"{who}{statement.year}年度服务评价证明",
        sections=[Section("一、服务情况", [Paragraph(official(intro)), table]), Section("二、统计口径", rules)],
        signature="在职党员回家工作评价系统",
        dated=f"{day.year}年{day.month}月{day.day}日",
        note=f"内容摘要(SHA-256):{statement.digest}。凭编号可在公开接口核验。"
        + (f"签名(Ed25519):{statement.signature}" if statement.signature else ""),
    )


def _table(rows: list[StatementRow]) -> Table:
    """With the parts of rates where there are any."""
    values = [(official(f"{row.name.zh}({row.unit.zh})"), amount(row.value)) for row in rows]
    if all(row.denominator is None for row in rows):
        return Table(("项目", "数值"), [*values], (20, 5))
    parts = [("", "") if row.denominator is None else (amount(row.numerator), amount(row.denominator)) for row in rows]
    cells: list[tuple[str, ...]] = [value + part for value, part in zip(values, parts, strict=True)]
    return Table(("项目", "数值", "分子", "分母"), cells, (10, 5, 5, 5))
