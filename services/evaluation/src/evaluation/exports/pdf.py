"""A report as a PDF in the layout of official documents (GB/T 9704-2012).

A4, 37 mm above and 28 mm left of a text area of 156 x 225 mm, 22 lines of 28 characters, body in size 3 (16 pt), title
in size 2 (22 pt), red head and red rule on the first page, page numbers in size 4 between dashes, outside. Fonts are
embedded; charts are vector graphics. The same report gives the same bytes.
"""

from datetime import datetime

from servicekit.documents.fonts import Fonts
from servicekit.documents.paper import Paper

from evaluation.exports.breaking import break_lines
from evaluation.exports.charts import layout
from evaluation.exports.report import Block, Chart, Paragraph, Report, Section, Table

TOP, LEFT, WIDTH, HEIGHT = 37.0, 28.0, 156.0, 225.0
LINES, CHARACTERS = 22, 28
PITCH, ADVANCE = HEIGHT / LINES, WIDTH / CHARACTERS
POINT = 25.4 / 72
BODY, TITLE, HEAD, FOLIO, SMALL = 16.0, 22.0, 30.0, 14.0, 12.0
RED = (200, 0, 0)
BLACK = (0, 0, 0)


def pdf(report: Report, made_at: datetime, fonts: Fonts) -> bytes:
    """Raises FontMissing."""
    sheet = _Sheet(report, made_at, fonts)
    sheet.head(report)
    sheet.title(report.title)
    for section in report.sections:
        sheet.heading(section)
        for block in section.blocks:
            sheet.block(block)
    sheet.signature(report)
    sheet.note(report.note)
    return bytes(sheet.output())


class _Pages(Paper):
    def footer(self) -> None:
        self.set_char_spacing(0)
        self.set_font("regular", size=FOLIO)
        self.set_text_color(*BLACK)
        text = f"— {self.page_no()} —"
        odd = self.page_no() % 2 == 1
        width = self.get_string_width(text)
        x = LEFT + WIDTH - ADVANCE - width if odd else LEFT + ADVANCE
        self.text(x, TOP + HEIGHT + 7 + FOLIO * POINT, text)


class _Sheet:
    """Writes line by line on the grid of 22 lines; a full page is followed by the next."""

    def __init__(self, report: Report, made_at: datetime, fonts: Fonts) -> None:
        self._pdf = _Pages(report.title, made_at, fonts)
        self._pdf.set_auto_page_break(False)
        self._pdf.add_page()
        self._line = 0

    def output(self) -> bytearray:
        return self._pdf.output()

    def head(self, report: Report) -> None:
        """The issuer's mark and the number, in red and black, over a red rule."""
        self._line += 1
        size = self._fit(report.issuer, "bold", WIDTH, largest=HEAD, smallest=TITLE)
        for line in break_lines(report.issuer, WIDTH, self._width):
            self._centred(line, "bold", size, RED)
        self._line += 1
        self._centred(report.number, "regular", BODY, BLACK)
        y = TOP + self._line * PITCH + PITCH / 2
        self._pdf.set_draw_color(*RED)
        self._pdf.set_line_width(0.7)
        self._pdf.line(LEFT, y, LEFT + WIDTH, y)
        self._line += 2

    def title(self, text: str) -> None:
        self._font("bold", TITLE)
        for line in break_lines(text, WIDTH - 4 * ADVANCE, self._width):
            self._centred(line, "bold", TITLE, BLACK)
        self._line += 1

    def heading(self, section: Section) -> None:
        """Never alone at the foot of a page."""
        self._keep_together(1 + _least_lines(section.blocks[0]))
        self._font("bold", BODY)
        self._write(section.heading, LEFT + 2 * ADVANCE)

    def block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block.text)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._chart(block)

    def signature(self, report: Report) -> None:
        self._keep_together(4)
        self._line += 1
        self._font("regular", BODY)
        for text in (report.signature, report.dated):
            self._write(text, LEFT + WIDTH - 4 * ADVANCE - self._text_width(text))

    def note(self, text: str) -> None:
        self._font("regular", SMALL)
        lines = break_lines(text, WIDTH, self._width)
        self._keep_together(len(lines))
        for line in lines:
            self._write(line, LEFT)

    def _paragraph(self, text: str) -> None:
        self._font("regular", BODY)
        for index, line in enumerate(break_lines(text, WIDTH, self._width, indent=2 * ADVANCE)):
            self._write(line, LEFT if index else LEFT + 2 * ADVANCE)

    def _table(self, table: Table) -> None:
        self._keep_together(_least_lines(table))
        self._row(table, table.header, "bold")
        for row in table.rows:
            if self._line >= LINES:
                self._next_page()
                self._row(table, table.header, "bold")
            self._row(table, row, "regular")

    def _row(self, table: Table, cells: tuple[str, ...], font: str) -> None:
        self._pdf.set_draw_color(*BLACK)
        self._pdf.set_line_width(0.2)
        top = self._next_line()
        x = LEFT
        for index, (cell, share) in enumerate(zip(cells, table.widths, strict=True)):
            width = WIDTH * share / sum(table.widths)
            self._pdf.rect(x, top, width, PITCH)
            size = self._fit(cell, font, width - 4)
            left = x + 2 if index == 0 else x + width - 2 - self._text_width(cell)
            self._pdf.text(left, top + _baseline(size), cell)
            x += width

    def _chart(self, chart: Chart) -> None:
        self._keep_together(_least_lines(chart))
        self._centred(chart.title, "bold", SMALL, BLACK)
        self._pdf.set_fill_color(90, 90, 90)
        for bar in layout(chart, width=WIDTH, pitch=PITCH).bars:
            top = self._next_line()
            inset = (PITCH - bar.height) / 2
            size = self._fit(bar.label, "regular", bar.label_right)
            self._pdf.text(LEFT + bar.label_right - self._text_width(bar.label), top + _baseline(size), bar.label)
            self._font("regular", SMALL)
            self._pdf.rect(LEFT + bar.x, top + inset, bar.width, bar.height, style="F")
            self._pdf.text(LEFT + bar.x + bar.width + 2, top + _baseline(SMALL), bar.value)

    def _fit(self, text: str, family: str, room: float, *, largest: float = SMALL, smallest: float = 1) -> float:
        """Choose the size at which the text is no wider than the room, within these bounds: which size that is."""
        self._font(family, largest)
        size = max(smallest, largest * min(1.0, room / max(self._text_width(text), 0.1)))
        self._font(family, size)
        return size

    def _font(self, family: str, size: float) -> None:
        self._pdf.set_font(family, size=size)
        # 28 characters of 16 pt are a little wider than the text area: the standard sets them that much closer.
        self._pdf.set_char_spacing(ADVANCE / POINT - BODY if size == BODY else 0)
        self._pdf.set_text_color(*BLACK)

    def _centred(self, text: str, family: str, size: float, colour: tuple[int, int, int]) -> None:
        size = self._fit(text, family, WIDTH, largest=size)
        top = self._next_line()
        self._pdf.set_text_color(*colour)
        self._pdf.text(LEFT + (WIDTH - self._text_width(text)) / 2, top + _baseline(size), text)

    def _write(self, text: str, x: float) -> None:
        top = self._next_line()
        self._pdf.text(x, top + _baseline(BODY), text)

    def _width(self, character: str) -> float:
        """How far it advances: its own width and the space between characters."""
        return float(self._pdf.get_string_width(character * 2)) - float(self._pdf.get_string_width(character))

    def _text_width(self, text: str) -> float:
        return sum(self._width(character) for character in text)

    def _next_line(self) -> float:
        """The top of the next line; on the next page if this one is full."""
        if self._line >= LINES:
            self._next_page()
        self._line += 1
        return TOP + (self._line - 1) * PITCH

    def _keep_together(self, lines: int) -> None:
        if self._line + lines > LINES:
            self._next_page()

    def _next_page(self) -> None:
        family, size, spacing = self._pdf.font_family, self._pdf.font_size_pt, self._pdf.char_spacing
        self._pdf.add_page()
        self._pdf.set_font(family, size=size)
        self._pdf.set_char_spacing(spacing)
        self._line = 0


def _least_lines(block: Block) -> int:
    """How many lines of a block stay together."""
    if isinstance(block, Chart):
        return min(len(block.bars), LINES - 2) + 1
    return 3 if isinstance(block, Table) else 1


def _baseline(size: float) -> float:
    """From the top of a line down to the baseline of text that stands in its middle."""
    return PITCH / 2 + size * POINT * 0.36
