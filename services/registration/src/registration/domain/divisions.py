"""The division tree: city, counties, subdistricts, communities, and below them compounds and buildings.

A code says its level by its length and its parent by its beginning (GB/T 2260 and GB/T 10114).
"""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal


class Level(StrEnum):
    CITY = "CITY"
    COUNTY = "COUNTY"
    SUBDISTRICT = "SUBDISTRICT"
    COMMUNITY = "COMMUNITY"
    COMPOUND = "COMPOUND"
    BUILDING = "BUILDING"


class CommunityWithdrawn(Refusal):
    community_code: str
    withdrawn_on: date
    successors: list[str]
    zh = "社区代码 {community_code} 已于 {withdrawn_on} 撤销"
    en = "Community {community_code} was withdrawn on {withdrawn_on}"
    next_zh = "请改用承接该社区的新代码:{successor_text}。"
    next_en = "Use the code of the community that took it over: {successor_text}."

    def __init__(self, *, community_code: str, withdrawn_on: date, successors: list[str], path: str) -> None:
        super().__init__(
            path=path,
            community_code=community_code,
            withdrawn_on=withdrawn_on,
            successors=successors,
            successor_text="、".join(successors) or "division(code) { successors }",
        )


_LEVELS = {9: Level.SUBDISTRICT, 12: Level.COMMUNITY, 15: Level.COMPOUND, 18: Level.BUILDING}
_PARENT_LENGTH = {Level.SUBDISTRICT: 6, Level.COMMUNITY: 9, Level.COMPOUND: 12, Level.BUILDING: 15}


class DivisionSnapshot(BaseModel):
    """Public state of a division, carried by its events."""

    code: str
    name: str
    level: Level
    parent: str | None
    valid_from: date | None
    valid_until: date | None
    successors: list[str]


class EarlierName(BaseModel):
    """What a division was called before `until`."""

    name: str
    until: date


class Division(Aggregate):
    """A division; its id is its code, `ancestors` the codes above it and its own.

    Withdrawn codes stay, with the last date on which they were valid and the codes that took their people over. `holds`
    counts what relied on it as it was.
    """

    name: str
    level: Level
    parent: str | None
    ancestors: list[str]
    valid_from: date | None = None
    valid_until: date | None = None
    earlier_names: list[EarlierName] = Field(default_factory=list)
    successors: list[str] = Field(default_factory=list)
    holds: int = 0

    def describe(self, name: str, valid_from: date | None, valid_until: date | None, on: date) -> bool:
        """Take over what the table in force from `on` says; whether anything changed. Missing dates change nothing."""
        renamed = name != self.name
        before = (self.valid_from, self.valid_until)
        if renamed:
            self.earlier_names.append(EarlierName(name=self.name, until=on))
            self.name = name
        self.valid_from = valid_from or self.valid_from
        self.valid_until = valid_until or self.valid_until
        changed = renamed or before != (self.valid_from, self.valid_until)
        if changed:
            self.record("division-imported")
        return changed

    def withdraw(self, last_day: date, successors: list[str]) -> None:
        self.valid_until, self.successors = last_day, successors
        self.record("division-withdrawn")

    def valid_on(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )

    def name_on(self, on: date) -> str:
        earlier = (one.name for one in self.earlier_names if on < one.until)
        return next(earlier, self.name)

    def require_valid(self, on: date, path: str) -> None:
        if self.valid_until is not None and (on > self.valid_until or self.successors):
            raise CommunityWithdrawn(
                path=path, community_code=self.id, withdrawn_on=self.valid_until, successors=self.successors
            )

    def snapshot(self) -> DivisionSnapshot:
        return DivisionSnapshot(
            code=self.id,
            **self.model_dump(include={"name", "level", "parent", "valid_from", "valid_until", "successors"}),
        )


def new_division(code: str, name: str, valid_from: date | None = None, valid_until: date | None = None) -> Division:
    """A division that was not known yet. `code` as `parse_code` gives it."""
    level = level_of(code)
    division = Division(
        id=code,
        lane=lane_of(code),
        name=name,
        level=level,
        parent=parent_of(code),
        ancestors=ancestors_of(code),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    division.record("division-imported")
    return division


def parse_code(text: str, path: str = "code") -> str:
    """A division code in its shortest form: official tables pad counties and subdistricts to twelve digits."""
    code = text.strip()
    if not (code.isascii() and code.isdigit()):
        raise InvalidInput(path=path, reason_zh="区划代码只能是数字", reason_en="a division code has digits only")
    if len(code) in (9, 12):
        code = code.removesuffix("000")
        code = code.removesuffix("000") if len(code) == 9 else code
    if len(code) == 6 and code.endswith("0000"):
        raise InvalidInput(path=path, reason_zh="不含省级区划", reason_en="provinces are not part of the tree")
    if len(code) != 6 and len(code) not in _LEVELS:
        raise InvalidInput(
            path=path,
            reason_zh=f"区划代码应为 6、9、12、15 或 18 位,收到 {len(code)} 位",
            reason_en=f"a division code has 6, 9, 12, 15 or 18 digits, got {len(code)}",
        )
    return code


def level_of(code: str) -> Level:
    if len(code) == 6:
        return Level.CITY if code.endswith("00") else Level.COUNTY
    return _LEVELS[len(code)]


def parent_of(code: str) -> str | None:
    """The code of the division above; None above the city."""
    level = level_of(code)
    if level is Level.CITY:
        return None
    return f"{code[:4]}00" if level is Level.COUNTY else code[: _PARENT_LENGTH[level]]


def ancestors_of(code: str) -> list[str]:
    """The codes of the divisions that a division is within, itself included, the city first."""
    parent = parent_of(code)
    return [*ancestors_of(parent), code] if parent else [code]


def lane_of(code: str) -> str:
    """The lane of whatever belongs to this division: its county's code, or the city's."""
    return code[:6]


def check_community_code(code: str, path: str) -> str:
    """`code` if it has the form of a community's; else InvalidInput."""
    parsed = parse_code(code, path)
    if level_of(parsed) is not Level.COMMUNITY:
        raise InvalidInput(path=path, reason_zh="社区代码应为 12 位", reason_en="a community code has 12 digits")
    return parsed


def no_such_division(code: str, path: str) -> NotFound:
    return NotFound(what_zh="区划", what_en="division", id=code, path=path)
