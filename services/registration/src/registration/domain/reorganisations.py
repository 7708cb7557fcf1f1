"""Reorganisations: communities and units that are merged or split, from a day on.

What happens to people is decided here; the registrations, grids and agreements themselves know how they move.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, lane_of, no_such_division


class ReorganisationKind(StrEnum):
    MERGE_COMMUNITIES = "MERGE_COMMUNITIES"
    SPLIT_COMMUNITY = "SPLIT_COMMUNITY"
    MERGE_UNITS = "MERGE_UNITS"
    SPLIT_UNIT = "SPLIT_UNIT"


_OF_COMMUNITIES = (ReorganisationKind.MERGE_COMMUNITIES, ReorganisationKind.SPLIT_COMMUNITY)


class ReorganisationStatus(StrEnum):
    RUNNING = "RUNNING"
    DONE = "DONE"


class MergedIntoItself(Refusal):
    code_or_id: str
    zh = "{code_or_id} 不能并入自身"
    en = "{code_or_id} can't be merged into itself"
    next_zh = "请填写承接其人员的另一个代码或单位。"
    next_en = "Name another code or unit that takes its people over."


class AnotherCounty(Refusal):
    community_code: str
    county: str
    zh = "社区 {community_code} 不在 {county} 内"
    en = "Community {community_code} is not in {county}"
    next_zh = "合并与拆分只能在同一县(市、区)内进行;跨县调整请逐人转接。"
    next_en = "Communities are merged and split within a county; across counties people are transferred one by one."


class DayToCome(Refusal):
    effective_on: date
    today: date
    zh = "{effective_on} 尚未到来(今天是 {today}),合并与拆分不能预先执行"
    en = "{effective_on} is still to come (today is {today}): nothing is merged or split ahead of its day"
    next_zh = "请在当日或之后提交,可填写当日为生效日期。"
    next_en = "Order it on that day or later, with that day as the effective one."


class NotOfThisUnit(Refusal):
    unit_id: str
    zh = "该党员或协议不属于被拆分的单位,而属于单位 {unit_id}"
    en = "This member or agreement is not of the unit that is split, but of unit {unit_id}"
    next_zh = "请只填写被拆分单位的在册党员和有效协议。"
    next_en = "Name only members on that unit's roster, and its agreements in force."


class SplitPart(BaseModel):
    """What goes to `community_code`: everybody in these grids, and these members."""

    community_code: str
    grids: list[str] = Field(default_factory=list)
    members: list[str] = Field(default_factory=list)


class UnitPart(BaseModel):
    """What goes to `unit_id`: these members and these agreements."""

    unit_id: str
    members: list[str] = Field(default_factory=list)
    agreements: list[str] = Field(default_factory=list)


class ReorganisationSnapshot(BaseModel):
    """Public state of a reorganisation, carried by its events."""

    reorganisation_id: str
    kind: ReorganisationKind
    sources: list[str]
    target: str
    parts: list[str]
    effective_on: date
    status: ReorganisationStatus
    people: int


class Reorganisation(Aggregate):
    """`sources` and `target` are community codes, or ids of units. Whatever no part takes goes to `target`.

    `people` counts those who have gone over so far; it is done when none is left. `gone` are the registrations and
    members that a split took, until it is done: whoever comes back by a later order meanwhile is not taken again.
    While it `awaits_late`, something may yet appear that was being made under a code as the code was withdrawn.
    """

    kind: ReorganisationKind
    place: str
    sources: list[str]
    target: str
    parts: list[SplitPart] = Field(default_factory=list)
    unit_parts: list[UnitPart] = Field(default_factory=list)
    effective_on: date
    reason: str
    ordered_by: str
    ordered_at: datetime
    status: ReorganisationStatus = ReorganisationStatus.RUNNING
    people: int = 0
    gone: list[str] = Field(default_factory=list)
    awaits_late: bool = False

    @property
    def keeps_source(self) -> bool:
        """Whether what is split goes on, under its code or id."""
        return self.target in self.sources

    @property
    def withdraws_codes(self) -> bool:
        """Whether it is communities whose codes are valid no longer."""
        return self.kind in _OF_COMMUNITIES and not self.keeps_source

    @property
    def last_day(self) -> date:
        """The last day of the codes that are withdrawn."""
        return self.effective_on - timedelta(days=1)

    @property
    def successors(self) -> list[str]:
        return list(dict.fromkeys([*self.takers, self.target]))

    @property
    def takers(self) -> list[str]:
        """To whom the parts go."""
        return [*(part.community_code for part in self.parts), *(part.unit_id for part in self.unit_parts)]

    def destination(self, member_id: str, grid_id: str | None) -> str:
        """The community that takes over this member, who is in this grid."""
        for part in self.parts:
            if member_id in part.members or (grid_id is not None and grid_id in part.grids):
                return part.community_code
        return self.target

    def went_over(self, members: Sequence[str], registrations: Sequence[str] = ()) -> None:
        """It is done when a step finds nobody left: whoever registered while the first one ran is found by the next."""
        self.people += len(members)
        if self.keeps_source:
            self.gone += [*members, *registrations]
        if not members:
            self.status, self.gone = ReorganisationStatus.DONE, []
            self.record("reorganisation-done")

    def took_late(self, members: Sequence[str]) -> None:
        self.people += len(members)
        self.awaits_late = False

    def snapshot(self) -> ReorganisationSnapshot:
        return ReorganisationSnapshot(
            reorganisation_id=self.id,
            parts=self.takers,
            **self.model_dump(include={"kind", "sources", "target", "effective_on", "status", "people"}),
        )


def order_reorganisation(
    reorganisation_id: str,
    kind: ReorganisationKind,
    *,
    place: str,
    sources: Sequence[str],
    target: str,
    parts: Sequence[SplitPart] = (),
    unit_parts: Sequence[UnitPart] = (),
    effective_on: date,
    reason: str,
    by: str,
    now: datetime,
) -> Reorganisation:
    ordered = Reorganisation(
        id=reorganisation_id,
        lane=lane_of(place),
        kind=kind,
        place=place,
        sources=list(sources),
        target=target,
        parts=list(parts),
        unit_parts=list(unit_parts),
        effective_on=effective_on,
        reason=reason,
        ordered_by=by,
        ordered_at=now,
    )
    ordered.awaits_late = ordered.withdraws_codes
    ordered.record("reorganisation-ordered")
    return ordered


def check_merge(codes: Sequence[str], target: str) -> list[str]:
    """The codes to merge, in their shortest form; refused when there is none, or the target is among them."""
    sources = [check_community_code(code, f"codes.{number}") for number, code in enumerate(codes)]
    if not sources:
        raise InvalidInput(path="codes", reason_zh="未给出社区", reason_en="it names no community")
    if target in sources:
        raise MergedIntoItself(path=f"codes.{sources.index(target)}", code_or_id=target)
    return list(dict.fromkeys(sources))


def check_split(code: str, parts: Sequence[SplitPart], rest: str) -> None:
    """Refused when a part names nothing, goes where the split begins or where another part goes, or shares a grid."""
    if not parts:
        raise InvalidInput(path="parts", reason_zh="未给出拆分部分", reason_en="it names no part")
    seen: set[str] = set()
    for number, part in enumerate(parts):
        check_community_code(part.community_code, f"parts.{number}.community_code")
        if part.community_code == code:
            raise MergedIntoItself(path=f"parts.{number}.community_code", code_or_id=code)
        named = {part.community_code, *part.grids, *part.members}
        if seen & named or (part.community_code == rest and len(parts) == 1):
            raise InvalidInput(
                path=f"parts.{number}",
                reason_zh="各部分不能重复社区、网格或党员",
                reason_en="parts share no community, grid or member",
            )
        if not part.grids and not part.members:
            raise InvalidInput(
                path=f"parts.{number}", reason_zh="须给出网格或党员", reason_en="it names neither grid nor member"
            )
        seen |= named


def check_unit_split(unit_id: str, parts: Sequence[UnitPart]) -> None:
    """Refused when a part names nothing, goes to the unit that is split or where another goes, or shares anything."""
    if not parts:
        raise InvalidInput(path="parts", reason_zh="未给出拆分部分", reason_en="it names no part")
    seen: set[str] = set()
    for number, part in enumerate(parts):
        if part.unit_id == unit_id:
            raise MergedIntoItself(path=f"parts.{number}.unit_id", code_or_id=unit_id)
        named = {part.unit_id, *part.members, *part.agreements}
        if len(named) == 1:
            raise InvalidInput(
                path=f"parts.{number}", reason_zh="须给出党员或协议", reason_en="it names neither member nor agreement"
            )
        if seen & named:
            raise InvalidInput(
                path=f"parts.{number}",
                reason_zh="各部分不能重复单位、党员或协议",
                reason_en="parts share no unit, member or agreement",
            )
        seen |= named


def day_of_effect(given: date | None, now: datetime) -> date:
    """The day given, or today; refused when it is still to come."""
    today = city_date(now)
    if given is not None and given > today:
        raise DayToCome(path="effective_on", effective_on=given, today=today)
    return given or today


def require_takers(communities: dict[str, Division], codes: Sequence[str], on: date, county: str, path: str) -> None:
    """Whoever takes people over is known, valid and of the same county."""
    for code in codes:
        if code not in communities:
            raise no_such_division(code, path=path)
        if lane_of(code) != county:
            raise AnotherCounty(path=path, community_code=code, county=county)
        communities[code].require_valid(on, path=path)


def no_such_reorganisation(reorganisation_id: str) -> NotFound:
    return NotFound(what_zh="调整", what_en="reorganisation", id=reorganisation_id, path="id")
