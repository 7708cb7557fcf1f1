"""Rosters: what a unit's newest file changes, and the dated versions that were applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import Aggregate, Refusal

from registration.domain.members import Member
from registration.domain.person_records import PersonRecord, new_record
from registration.domain.roster_rows import NAME, PHONE, RESIDENCE, RosterRow


class Change(StrEnum):
    JOINED = "JOINED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


class RosterHasErrors(Refusal):
    errors: int
    rows: list[int]
    zh = "花名册有 {errors} 行错误,未保存任何内容"
    en = "The roster has {errors} rows with errors. Nothing was stored."
    next_zh = "请用 previewRoster 查看逐行原因,改正后重新提交;或以 acceptGoodRows 只接受正确的行。"
    next_en = "See the reasons with previewRoster and correct them, or take the good rows only with acceptGoodRows."


class HeadcountDiffers(Refusal):
    headcount: int
    lines: int
    zh = "单位申报 {headcount} 人,文件中可接受 {lines} 行,未保存任何内容"
    en = "The unit says it has {headcount} members; {lines} rows of the file can be taken. Nothing was stored."
    next_zh = "请补齐名单,或改正申报人数。"
    next_en = "Complete the list, or correct the headcount."


class RosterEmpty(Refusal):
    zh = "花名册没有可接受的行,未保存任何内容"
    en = "The roster has no row that can be taken. Nothing was stored."
    next_zh = "请检查文件;空文件不会清空名单。"
    next_en = "Check the file. An empty file does not empty a roster."


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A member that the system has already, with the record opened."""

    member: Member
    record: PersonRecord


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What a good row does: `known` is None for a person who is new to the system.

    `held` is somebody on another unit's roster: shown like a person who joins, but nothing of that happens.
    """

    row: RosterRow
    kind: Change
    known: KnownPerson | None
    record: PersonRecord
    moved: bool = False
    """Whether the row names another residence than was known."""
    held: Member | None = None


@dataclass(frozen=True, slots=True)
class RosterReview:
    """A checked roster: its rows, what the good ones change, and who left.

    `leavers_kept` says that nobody is taken for having left, because a row's ID number could not be read: it may be
    that very person's.
    """

    rows: list[RosterRow]
    changes: list[RosterChange]
    left: list[Member]
    leavers_kept: bool

    def of(self, kind: Change) -> list[RosterChange]:
        return [change for change in self.changes if change.kind is kind]

    @property
    def joining(self) -> list[RosterChange]:
        return [change for change in self.of(Change.JOINED) if change.held is None]

    @property
    def held(self) -> list[Member]:
        return [change.held for change in self.changes if change.held is not None]

    @property
    def changes_nothing(self) -> bool:
        """Held lines change nothing."""
        return not self.left and not self.joining and not self.of(Change.CHANGED)

    def require_acceptable(self, accept_good_rows: bool, headcount: int | None = None) -> None:
        """`headcount` is how many members the unit says that it has; not checked when it does not say."""
        bad = [row.number for row in self.rows if not row.acceptable]
        if bad and not accept_good_rows:
            raise RosterHasErrors(errors=len(bad), rows=bad[:20])
        if len(bad) == len(self.rows):
            raise RosterEmpty()
        if headcount is not None and headcount != len(self.changes):
            raise HeadcountDiffers(path="headcount", headcount=headcount, lines=len(self.changes))


def review_roster(
    unit_id: str,
    rows: list[RosterRow],
    *,
    known: Mapping[str, KnownPerson],
    absent: list[Member],
    communities: set[str],
    taken_over: Mapping[str, str],
) -> RosterReview:
    """Compare checked rows with what is known. Adds problems to the rows that the system knows better.

    `known` are members by ID number, `absent` the unit's active members that no row names, `communities` those of the
    rows' residences that are valid, `taken_over` by whom those were that are no longer.
    """
    for row in rows:
        _follow_successor(row, taken_over)
        _check_residence(row, communities)
    changes = [_change(row, known.get(row.id_number), unit_id) for row in rows if row.acceptable]
    unread = any(not row.id_number for row in rows)
    return RosterReview(rows, changes, [] if unread else absent, leavers_kept=unread and bool(absent))


def _follow_successor(row: RosterRow, taken_over: Mapping[str, str]) -> None:
    successor = taken_over.get(row.residence)
    if successor is not None:
        row.warn(
            RESIDENCE,
            f"社区代码 {row.residence} 已撤销,已改用承接社区 {successor}",
            f"community {row.residence} was withdrawn: {successor}, which took it over, was taken instead",
        )
        row.residence = successor


def _check_residence(row: RosterRow, communities: set[str]) -> None:
    if row.residence and row.residence not in communities:
        row.warn(
            RESIDENCE,
            f"系统中没有社区 {row.residence},未采用;报到社区将按单位结对确定",
            f"community {row.residence} is not known and was left out: the unit's agreement will decide the place",
        )
        row.residence = ""


def _change(row: RosterRow, known: KnownPerson | None, unit_id: str) -> RosterChange:
    elsewhere = known is not None and known.member.on_roster and known.member.unit_id != unit_id
    if known is None or elsewhere:
        record = new_record(row.id_number, unit_id, row.name, row.phone or None)
        return RosterChange(row, Change.JOINED, None, record, held=known.member if known else None)
    joining = not known.member.on_roster
    record = known.record.entered(unit_id, row.name, row.phone or None, joining=joining)
    if joining:
        return RosterChange(row, Change.JOINED, known, record)
    _warn_of_corrections(row, known.record)
    moved = bool(row.residence) and row.residence != known.member.residence
    changed = moved or record != known.record
    return RosterChange(row, Change.CHANGED if changed else Change.UNCHANGED, known, record, moved)


def _warn_of_corrections(row: RosterRow, record: PersonRecord) -> None:
    for column, said, own in ((NAME, row.name, record.own_name), (PHONE, row.phone, record.own_phone)):
        if own and said and said != own:
            row.warn(column, "本人已申请更正,以更正后的为准", "the member had it corrected: the corrected one stays")


class RosterSnapshot(BaseModel):
    """Public state of a roster version, carried by its event."""

    unit_id: str
    number: int
    effective_on: date
    lines: int
    joined: int
    left: int
    changed: int


class RosterVersion(Aggregate):
    """One applied roster: the ids of the members that joined, left or changed against the version before."""

    unit_id: str
    number: int
    effective_on: date
    applied_at: datetime
    applied_by: str
    file_name: str
    lines: int
    headcount: int | None = None
    joined: list[str]
    left: list[str]
    changed: list[str]

    def snapshot(self) -> RosterSnapshot:
        return RosterSnapshot(
            unit_id=self.unit_id,
            number=self.number,
            effective_on=self.effective_on,
            lines=self.lines,
            joined=len(self.joined),
            left=len(self.left),
            changed=len(self.changed),
        )
