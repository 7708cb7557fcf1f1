"""Personal data is checked on its way in and masked on its way out."""

from datetime import date

import pytest
from registration.domain.people import (
    Unacceptable,
    check_id_number,
    check_name,
    check_phone,
    known_birth_place,
    masked_id_number,
    masked_name,
    masked_phone,
)

from tests.registration.samples import id_number

TODAY = date(2026, 11, 1)


def number_ending_in_x() -> str:
    return next(number for serial in range(1, 99) if (number := id_number(serial)).endswith("X"))


def test_a_lower_case_x_is_normalised() -> None:
    number = number_ending_in_x()

    assert check_id_number(number.lower(), TODAY) == number


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "blank"),
        ("35080219990101001", "18 characters"),
        ("3508021999010100AX", "18 characters"),
        ("35080219991301001" + "0", "check digit"),
        (id_number(1, "19990230"), "does not exist"),
        (id_number(1, "20261201"), "not plausible"),
        (id_number(1, "18990101"), "not plausible"),
    ],
)
def test_a_wrong_id_number_says_why(number: str, why: str) -> None:
    with pytest.raises(Unacceptable, match=why):
        check_id_number(number, TODAY)


def test_a_wrong_check_digit_is_refused() -> None:
    number = id_number(1)
    other = "1" if number[-1] != "1" else "2"

    with pytest.raises(Unacceptable) as refused:
        check_id_number(number[:-1] + other, TODAY)

    assert refused.value.zh == "身份证号校验码不符"


def test_a_number_from_before_its_county_existed_is_told_apart_and_not_refused() -> None:
    older = id_number(1, "19700101")

    assert check_id_number(older, TODAY) == older
    assert not known_birth_place(older)
    assert known_birth_place(id_number(1, "19990101"))


@pytest.mark.parametrize(
    ("text", "name"), [("张 三", "张三"), ("阿卜杜拉·买买提", "阿卜杜拉·买买提"), ("Ann  Lee", "Ann Lee")]
)
def test_names_are_tidied(text: str, name: str) -> None:
    assert check_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "张", "张3", "=1+1", "张" * 41])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(Unacceptable):
        check_name(text)


@pytest.mark.parametrize(
    ("text", "phone"),
    [("138 0000 0000", "13800000000"), ("+86 13800000000", "13800000000"), ("0597-2210000", "05972210000")],
)
def test_phones_lose_separators_and_the_country_code(text: str, phone: str) -> None:
    assert check_phone(text) == phone


@pytest.mark.parametrize("text", ["123", "abcdefgh", "1380000000０", "1" * 16])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(Unacceptable):
        check_phone(text)


def test_masks_keep_what_a_person_needs_to_recognise_the_own_data() -> None:
    assert masked_name("张三丰") == "张**"
    assert masked_id_number("350802199901011234") == "350802********1234"
    assert masked_phone("13812345678") == "138****5678"
    assert masked_phone("2210000") == "****000"
