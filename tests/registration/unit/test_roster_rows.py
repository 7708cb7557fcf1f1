"""Every row of a roster is judged by itself, with the column and the reason."""

from datetime import date

import pytest
from registration.domain.roster_rows import (
    HEADERS,
    ID_NUMBER,
    NAME,
    PHONE,
    RESIDENCE,
    SEX,
    RosterRow,
    RowStatus,
    check_rows,
)
from registration.domain.tables import Cell, Line

from tests.registration.samples import COMMUNITY, id_number

TODAY = date(2026, 11, 1)
GOOD: dict[str, Cell] = {NAME: "张三", ID_NUMBER: id_number(1), PHONE: "13800000000", RESIDENCE: COMMUNITY}


def check(*cells: dict[str, Cell]) -> list[RosterRow]:
    return check_rows([Line(number, one) for number, one in enumerate(cells, 2)], TODAY)


def test_a_good_row_is_ok() -> None:
    (row,) = check(GOOD)

    assert row.status is RowStatus.OK
    assert (row.name, row.id_number, row.phone, row.residence) == ("张三", id_number(1), "13800000000", COMMUNITY)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (NAME, ""),
        (ID_NUMBER, id_number(1)[:-1]),
        (ID_NUMBER, 3.50802199901010e17),
        (PHONE, "12"),
        (RESIDENCE, "350802"),
        (RESIDENCE, "东兴社区"),
    ],
)
def test_an_error_names_its_column_and_the_value_is_not_taken(column: str, value: Cell) -> None:
    (row,) = check({**GOOD, column: value})

    assert row.status is RowStatus.ERROR
    assert [problem.column for problem in row.problems] == [HEADERS[column]]
    assert getattr(row, column) == ""


@pytest.mark.parametrize(
    ("column", "value", "complained"),
    [(PHONE, "05972210000", PHONE), (SEX, "女", SEX), (ID_NUMBER, id_number(1, "19700101"), ID_NUMBER)],
)
def test_a_doubtful_value_is_a_warning_and_is_taken(column: str, value: str, complained: str) -> None:
    (row,) = check({**GOOD, column: value})

    assert row.status is RowStatus.WARNING
    assert row.acceptable
    assert [problem.column for problem in row.problems] == [HEADERS[complained]]


def test_a_repeated_id_number_is_an_error_that_names_the_first_row() -> None:
    first, second = check(GOOD, {**GOOD, NAME: "李四"})

    assert first.status is RowStatus.OK
    assert second.status is RowStatus.ERROR
    assert "2" in second.problems[0].zh


def test_no_problem_tells_the_value() -> None:
    (row,) = check({**GOOD, ID_NUMBER: id_number(1)[:-1] + "?", PHONE: "99"})

    told = " ".join(problem.zh + problem.en for problem in row.problems)
    assert id_number(1)[:-1] not in told
    assert "99" not in told
