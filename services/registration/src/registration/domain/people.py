"""A person's data: the checks of GB 11643 and of phone numbers, and how they are masked."""

import re
from datetime import date

from pydantic import BaseModel, ConfigDict
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·• .'-]){0,38}[^\W\d_]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PHONE = re.compile(r"\d{7,15}")
_OLDEST = 120


class Unacceptable(ValueError):
    """A value that can't be taken; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Personal(BaseModel):
    """Whose values no error repeats: it would be in the log."""

    model_config = ConfigDict(hide_input_in_errors=True)


class PersonalData(Personal):
    """What is masked in answers."""

    name: str
    id_number: str
    phone: str | None = None


def check_name(text: str) -> str:
    """A person's name, inner spaces of Chinese names taken out (张 三 is 张三)."""
    name = " ".join(text.split())
    if not name.isascii():
        name = name.replace(" ", "")
    if not name:
        raise Unacceptable("姓名为空", "the name is blank")
    if not _NAME.fullmatch(name):
        raise Unacceptable("姓名应为 2 至 40 个文字", "a name has 2 to 40 letters")
    return name


def check_id_number(text: str, today: date) -> str:
    """An 18-digit citizen number (GB 11643) with its X in upper case."""
    number = ric.compact(text)
    if not number:
        raise Unacceptable("身份证号为空", "the ID number is blank")
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        raise Unacceptable("身份证号应为 18 位", "an ID number has 18 characters: 17 digits and a digit or X")
    if number[-1] != ric.calc_check_digit(number):
        raise Unacceptable("身份证号校验码不符", "the ID number's check digit is wrong")
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        raise Unacceptable("身份证号中的出生日期不存在", "the ID number's birth date does not exist") from None
    if not today.year - _OLDEST <= born.year or born > today:
        raise Unacceptable("身份证号中的出生日期不合理", "the ID number's birth date is not plausible")
    return number


def known_birth_place(id_number: str) -> bool:
    """Whether its first six digits were ever a county's code. People keep numbers of counties of other times."""
    try:
        ric.get_birth_place(id_number)
    except InvalidComponent:
        return False
    return True


def sex_of(id_number: str) -> str:
    """男 or 女, by the seventeenth digit."""
    return "男" if int(id_number[16]) % 2 else "女"


def check_phone(text: str) -> str:
    """Digits of a phone number, without separators and the country code."""
    phone = re.sub(r"[\s()()-]", "", text)
    phone = re.sub(r"^(\+|00)?86(?=1[3-9]\d{9}$)", "", phone)
    if not (phone.isascii() and _PHONE.fullmatch(phone)):
        raise Unacceptable("电话号码应为 7 至 15 位数字", "a phone number has 7 to 15 digits")
    return phone


def is_mobile(phone: str) -> bool:
    return bool(_MOBILE.fullmatch(phone))


def masked_name(name: str) -> str:
    """张三丰 is 张**."""
    return name[0] + "*" * min(len(name) - 1, 3)


def masked_id_number(number: str) -> str:
    """350802199001011234 is 350802********1234."""
    return f"{number[:6]}********{number[-4:]}"


def masked_phone(phone: str) -> str:
    """13912345678 is 139****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else f"****{phone[-3:]}"
