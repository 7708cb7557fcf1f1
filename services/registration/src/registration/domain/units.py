"""Units: the organisations whose members come home. A unit has a line and sits in a division."""

from datetime import date

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from registration.domain.divisions import ancestors_of, lane_of


class UnitAlreadyRegistered(Refusal):
    unit_id: str
    zh = "统一社会信用代码 {credit_code} 已登记"
    en = "A unit with the credit code {credit_code} is already registered"
    next_zh = "请使用已登记的单位(unitId)。"
    next_en = "Use the registered unit (unitId)."


class UnitMerged(Refusal):
    merged_into: str
    merged_on: date
    zh = "该单位已于 {merged_on} 并入单位 {merged_into}"
    en = "This unit was merged into unit {merged_into} on {merged_on}"
    next_zh = "请改用该单位。"
    next_en = "Use that unit."


class UnitSnapshot(BaseModel):
    """Public state of a unit, carried by its events."""

    unit_id: str
    name: str
    line: str
    division: str
    merged_into: str | None


class Unit(Aggregate):
    """`line` is the industry that it belongs to, `division` where it sits.

    `roster_number` is its newest roster's; counting it here makes two rosters applied at once follow each other.
    """

    name: str
    credit_code: str
    line: str
    division: str
    ancestors: list[str]
    roster_number: int = 0
    merged_into: str | None = None
    merged_on: date | None = None

    def merge_into(self, other: "Unit", on: date) -> None:
        self.merged_into, self.merged_on = other.id, on
        self.record("unit-merged")

    def require_standing(self, path: str = "unit_id") -> None:
        if self.merged_into is not None:
            raise UnitMerged(path=path, merged_into=self.merged_into, merged_on=self.merged_on)

    def snapshot(self) -> UnitSnapshot:
        return UnitSnapshot(
            unit_id=self.id, name=self.name, line=self.line, division=self.division, merged_into=self.merged_into
        )


def register_unit(unit_id: str, *, name: str, credit_code: str, line: str, division: str) -> Unit:
    unit = Unit(
        id=unit_id,
        lane=lane_of(division),
        name=name,
        credit_code=check_credit_code(credit_code),
        line=line,
        division=division,
        ancestors=ancestors_of(division),
    )
    unit.record("unit-registered")
    return unit


def check_credit_code(text: str) -> str:
    """A unified social credit code (GB 32100) in its 18 characters; InvalidInput says what is wrong."""
    try:
        return uscc.validate(text)
    except InvalidLength:
        raise _wrong_code("应为 18 位", "it has 18 characters") from None
    except InvalidChecksum:
        raise _wrong_code("校验码不符", "its check character is wrong") from None
    except ValidationError:
        raise _wrong_code("含有不允许的字符", "it has characters that no such code has") from None


def no_such_unit(unit_id: str, path: str = "unit_id") -> NotFound:
    return NotFound(what_zh="单位", what_en="unit", id=unit_id, path=path)


def _wrong_code(zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        path="credit_code", reason_zh=f"统一社会信用代码有误:{zh}", reason_en=f"not a unified social credit code: {en}"
    )
