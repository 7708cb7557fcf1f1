"""The paper that every PDF is written on."""

import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servicekit.documents import fonts as places
from servicekit.documents.fonts import Fonts
from servicekit.documents.paper import MISSING, Paper

FONTS = Fonts(Path("/usr/share/fonts/truetype/lxgw-wenkai"))
MADE_AT = datetime(2018, 1, 5, 2, tzinfo=UTC)
NAME = "王䘵𪚥"
"""Neither U+4635 nor U+2A6A5 is in LXGW WenKai; each is in another file of Hanazono Mincho."""

pytestmark = pytest.mark.skipif(not FONTS.folder.is_dir(), reason="fonts-lxgw-wenkai is not installed")
needs_rare = pytest.mark.skipif(len(FONTS.rare) < 2, reason="fonts-hanazono is not installed")


def in_a_cell(page: Paper) -> None:
    page.multi_cell(100, 10, f"姓名 {NAME}。")


def in_its_place(page: Paper) -> None:
    page.text(20, 20, f"姓名 {NAME}。")


def paper(write: Callable[[Paper], object], font: str = "regular") -> bytes:
    page = Paper("纸", MADE_AT, FONTS)
    page.add_page()
    page.set_font(font, size=16)
    write(page)
    return bytes(page.output())


def shown(file: bytes) -> str:
    """The characters that the fonts inside have, by their tables of glyphs to UTF-16."""
    tables = b"".join(re.findall(rb"beginbfchar\n(.*?)endbfchar", file, re.DOTALL))
    codes = re.findall(rb"> <(\w+)>", tables)
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in codes)


def drawn(file: bytes) -> str:
    """The content of the page: what PDF operators draw it."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    return next(one for one in (zlib.decompress(stream) for stream in streams) if b" Td" in one).decode("latin-1")


@needs_rare
@pytest.mark.parametrize(("write", "font"), [(in_a_cell, "bold"), (in_its_place, "regular")])
def test_a_name_with_rare_characters_is_whole(write: Callable[[Paper], object], font: str) -> None:
    assert set(f"姓名 {NAME}。") <= set(shown(paper(write, font)))


@pytest.mark.parametrize("write", [in_a_cell, in_its_place])
def test_a_character_that_no_font_has_leaves_a_mark(
    write: Callable[[Paper], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "HANAZONO", tmp_path)

    text = shown(paper(write))

    assert MISSING in text
    assert "𪚥" not in text


@needs_rare
def test_what_stands_behind_a_rare_character_stands_where_it_would_behind_any_other() -> None:
    def places(text: str) -> list[float]:
        content = drawn(paper(lambda page: page.text(20, 20, text)))
        return [float(x) for x in re.findall(r"BT ([\d.]+) ", content)]

    start, advance = 20 * 72 / 25.4, 16
    assert places("王𪚥某") == pytest.approx([start, start + advance, start + 2 * advance], abs=0.02)


def test_marks_that_only_shape_others_are_left_out() -> None:
    text = shown(paper(lambda page: page.multi_cell(100, 10, "葛\U000e0100\u200d某\n")))

    assert set(text) - {" ", "\0"} == {"葛", "某"}


def test_fonts_for_rare_characters_are_read_only_where_there_are_some() -> None:
    pages: list[Paper] = []

    paper(lambda page: (page.multi_cell(100, 10, "姓名 王㛃。"), pages.append(page)))

    assert pages[0].fonts.keys() == {"regular", "bold"}
