"""A reconciliation that was made: its scope, its day, its counts. Its lines are kept beside it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pydantic import BaseModel
from servicekit.domain import Aggregate, NotFound, Refusal

from registration.domain.calendar import city_date
from registration.domain.reconciling import OFF_ROSTER, ReconciledLine, ReconciliationStatus, counted

RESIDUAL = tuple(status for status in ReconciliationStatus if status is not ReconciliationStatus.COMPLETED)


class AlreadyReminded(Refusal):
    reminded_on: date
    zh = "今日({reminded_on})已就该次比对向该单位催办"
    en = "This unit was reminded of this reconciliation today already ({reminded_on})"
    next_zh = "请于次日再催办。"
    next_en = "Remind it again tomorrow."


class NothingToRemind(Refusal):
    zh = "该单位在该次比对中没有需要催办的人员"
    en = "In this reconciliation nobody of this unit is left to be reminded about"
    next_zh = "无需催办。"
    next_en = "There is nothing left to do."


class Scope(BaseModel):
    """Whose rosters: of one unit, or of the units that sit in a division, all of them or those of a line.

    A community's scope is the people who live there, whatever their units.
    """

    division: str | None = None
    unit: str | None = None
    line: str | None = None


class ReconciliationSnapshot(BaseModel):
    """Public state of a reconciliation, carried by its event."""

    reconciliation_id: str
    division: str | None
    unit_id: str | None
    line: str | None
    as_of: date
    roster_lines: int
    counts: dict[ReconciliationStatus, int]


class Reconciliation(Aggregate):
    """`counts` has all eight statuses; those on the roster sum to `roster_lines`."""

    scope: Scope
    place: str
    """The division that the scope sits in: whose administrators see it."""
    unit_line: str | None
    as_of: date
    made_at: datetime
    made_by: str
    counts: dict[ReconciliationStatus, int]
    remind_every_days: int | None = None
    remind_on: date | None = None
    """When its units are reminded next; None when nobody asked for it, or a newer one took over."""

    def count(self, lines: Iterable[ReconciledLine]) -> None:
        for status, count in counted(lines).items():
            self.counts[status] += count

    def reminded(self, today: date) -> None:
        self.remind_on = today + timedelta(days=self.remind_every_days) if self.remind_every_days else None

    @property
    def roster_lines(self) -> int:
        return sum(count for status, count in self.counts.items() if status not in OFF_ROSTER)

    def snapshot(self) -> ReconciliationSnapshot:
        return ReconciliationSnapshot(
            reconciliation_id=self.id,
            division=self.scope.division,
            unit_id=self.scope.unit,
            line=self.scope.line,
            as_of=self.as_of,
            roster_lines=self.roster_lines,
            counts=self.counts,
        )


class ReminderSnapshot(BaseModel):
    """Public state of a unit's reminder, carried by its event: whoever delivers reminders listens to it."""

    reconciliation_id: str
    unit_id: str
    division: str
    people: int
    sent: int


class Reminder(Aggregate):
    """That a unit was told of the people whom it must act on; `sent_at` is every time that it was."""

    reconciliation_id: str
    unit_id: str
    division: str
    people: int
    sent_at: list[datetime]

    def sent_on(self, day: date) -> bool:
        return bool(self.sent_at) and city_date(self.sent_at[-1]) == day

    def send(self, now: datetime) -> None:
        """Once a day at most."""
        if self.sent_on(city_date(now)):
            raise AlreadyReminded(reminded_on=city_date(now))
        self.sent_at.append(now)
        self.record("residual-reminded")

    def snapshot(self) -> ReminderSnapshot:
        return ReminderSnapshot(
            reconciliation_id=self.reconciliation_id,
            unit_id=self.unit_id,
            division=self.division,
            people=self.people,
            sent=len(self.sent_at),
        )


def no_such_reconciliation(reconciliation_id: str) -> NotFound:
    return NotFound(what_zh="比对", what_en="reconciliation", id=reconciliation_id, path="reconciliation_id")
