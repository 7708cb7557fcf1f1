"""The A4 paper that every PDF is written on: its fonts inside, no character left out, the same text the same bytes."""

import logging
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from fpdf import FPDF
from fpdf.fonts import TTFFont

from servicekit.documents.fonts import Fonts

# Of characters that a font lacks it warns by naming them: those of somebody's name, in the log.
logging.getLogger("fpdf").setLevel(logging.ERROR)

MISSING = "〓"
"""The printer's geta mark: a character belongs here that no font has. It is filled in by hand."""


class Paper(FPDF):
    """In millimetres, with the fonts "regular" and "bold". Characters that these lack, as some names have, come from
    other fonts, which are read only when one is met: that takes a second. Raises FontMissing.
    """

    def __init__(self, title: str, made_at: datetime, fonts: Fonts) -> None:
        super().__init__(unit="mm", format="A4")
        self.set_title(title)
        self.set_creation_date(made_at)
        self.set_lang("zh-CN")
        self.add_font("regular", fname=fonts.regular)
        self.add_font("bold", fname=fonts.bold)
        self._rare = fonts.rare

    def normalize_text(self, text: str) -> str:
        """Everything that is written or measured passes here."""
        if not self._lacks_some(text):
            return super().normalize_text(text)
        self._read_rare_fonts()
        return super().normalize_text("".join(map(self._printable, text)))

    def text(self, x: float, y: float, text: str = "") -> None:
        """As FPDF's, which leaves out what the current font lacks."""
        if not self._lacks_some(text):
            super().text(x, y, text)
            return
        family, size = self.font_family, self.font_size_pt
        for font, run in self._runs(self.normalize_text(text)):
            self.set_font(font or family, size=size)
            super().text(x, y, run)
            x += self.get_string_width(run * 2) - self.get_string_width(run)
        self.set_font(family, size=size)

    def _runs(self, text: str) -> Iterator[tuple[str | None, str]]:
        """Pieces of one font each; None is the current one."""
        fonts = [self.get_fallback_font(character) if self._lacks(character) else None for character in text]
        for font, run in groupby(zip(fonts, text, strict=True), key=lambda one: one[0]):
            yield font, "".join(character for _, character in run)

    def _lacks_some(self, text: str) -> bool:
        return any(self._lacks(character) for character in text)

    def _lacks(self, character: str) -> bool:
        """Whether the current font can't show what is to be seen. Marks that only shape others may be left out."""
        assert isinstance(self.current_font, TTFFont)
        return ord(character) not in self.current_font.cmap and unicodedata.category(character)[0] not in "CM"

    def _printable(self, character: str) -> str:
        return MISSING if self._lacks(character) and self.get_fallback_font(character) is None else character

    def _read_rare_fonts(self) -> None:
        if self._rare:
            names = [f"rare{number}" for number in range(len(self._rare))]
            for name, file in zip(names, self._rare, strict=True):
                self.add_font(name, fname=file)
            self.set_fallback_fonts(names)
            self._rare = ()
