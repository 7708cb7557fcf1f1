"""A report as Markdown."""

from evaluation.exports.report import Block, Chart, Paragraph, Report, Table, amount

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|"})


def markdown(report: Report) -> bytes:
    lines = [f"# {_text(report.title)}", "", f"{_text(report.issuer)} {report.number}"]
    for section in report.sections:
        lines += ["", f"## {_text(section.heading)}"]
        for block in section.blocks:
            lines += ["", *_block(block)]
    lines += ["", _text(report.signature), "", report.dated, "", f"> {_text(report.note)}", ""]
    return "\n".join(lines).encode()


def _block(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [_text(block.text)]
    if isinstance(block, Table):
        return _table(block.header, block.rows)
    return [f"**{_text(block.title)}**", "", *_chart(block)]


def _chart(chart: Chart) -> list[str]:
    return _table(("", "数值"), [(label, amount(value)) for label, value in chart.bars])


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    rule = "|".join(["---", *["---:"] * (len(header) - 1)])
    return [_row(header), f"|{rule}|", *(_row(row) for row in rows)]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    """On one line, whatever its characters mean to Markdown, or to whoever breaks lines."""
    return " ".join(text.translate(_SPECIAL).splitlines())
