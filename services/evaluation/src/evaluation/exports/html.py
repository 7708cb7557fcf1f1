"""A report as one HTML page that needs nothing else; charts are SVG."""

from html import escape

from evaluation.exports.charts import layout
from evaluation.exports.report import Block, Chart, Paragraph, Report, Table

STYLE = """
body { max-width: 44em; margin: 3em auto; padding: 0 1em; line-height: 1.8 }
body { font-family: FangSong, "LXGW WenKai", serif }
header { color: #c00; text-align: center; border-bottom: 2px solid #c00 }
h1 { text-align: center } p { text-indent: 2em } footer, .signed { text-align: right }
table { width: 100%; border-collapse: collapse } th, td { border: 1px solid #666; padding: .2em .5em }
td + td { text-align: right } figure { margin: 1em 0 } .note { font-size: small; overflow-wrap: anywhere }
"""


TEXT = 5


def html(report: Report) -> bytes:
    sections = "".join(
        f"<section><h2>{escape(one.heading)}</h2>{''.join(_block(block) for block in one.blocks)}</section>"
        for one in report.sections
    )
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{escape(report.title)}</title>'
        f"<style>{STYLE}</style></head><body>"
        f"<header><strong>{escape(report.issuer)}</strong><br>{escape(report.number)}</header>"
        f"<h1>{escape(report.title)}</h1>{sections}"
        f'<div class="signed">{escape(report.signature)}<br>{escape(report.dated)}</div>'
        f'<footer class="note">{escape(report.note)}</footer></body></html>\n'
    ).encode()


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{escape(block.text)}</p>"
    return _table(block) if isinstance(block, Table) else _chart(block)


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _chart(chart: Chart) -> str:
    drawn = layout(chart, width=156, pitch=10)
    shapes = "".join(
        f'<text x="{bar.label_right:.1f}" y="{bar.middle + 1.5:.1f}" text-anchor="end"'
        f"{_squeezed(bar.label, bar.label_right)}>{escape(bar.label)}</text>"
        f'<rect x="{bar.x:.1f}" y="{bar.top:.1f}" width="{bar.width:.2f}" height="{bar.height:.1f}"/>'
        f'<text x="{bar.x + bar.width + 2:.1f}" y="{bar.middle + 1.5:.1f}">{escape(bar.value)}</text>'
        for bar in drawn.bars
    )
    return (
        f"<figure><figcaption>{escape(chart.title)}</figcaption>"
        f'<svg viewBox="0 0 156 {drawn.height:.0f}" font-size="{TEXT}" fill="#333">{shapes}</svg></figure>'
    )


def _squeezed(label: str, room: float) -> str:
    """How a label that may be wider than the room is set into it."""
    return f' textLength="{room:.1f}" lengthAdjust="spacingAndGlyphs"' if len(label) * TEXT > room else ""
