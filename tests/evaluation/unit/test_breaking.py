"""Lines of Chinese text break where official documents let them."""

from evaluation.exports.breaking import NOT_FIRST, NOT_LAST, break_lines
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(alphabet="党员回家服务,。、《》()ab12 ,(", min_size=1, max_size=120)


def width(character: str) -> float:
    return 0.5 if character.isascii() else 1


def test_a_line_holds_28_characters_and_the_first_26() -> None:
    lines = break_lines("家" * 60, 28, width, indent=2)

    assert [len(line) for line in lines] == [26, 28, 6]


def test_a_closing_mark_begins_no_line_and_an_opening_one_ends_none() -> None:
    assert break_lines("一二三四\uff0c五", 4, width) == ["一二三", "四\uff0c五"]
    assert break_lines("一二三《四》", 4, width) == ["一二三", "《四》"]


def test_a_number_stays_whole() -> None:
    assert break_lines("共有人次346000次", 6, width) == ["共有人次", "346000次"]


@given(TEXT)
def test_nothing_is_lost_and_no_line_is_too_wide(text: str) -> None:
    lines = break_lines(text, 9, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sum(map(width, line)) <= 9 for line in lines)


def test_the_marks_are_told_apart() -> None:
    assert not NOT_FIRST & NOT_LAST
