"""Reminders: what waits too long is told once, outside quiet hours, to whoever delivers reminders."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import Aggregate

from evaluation.domain.facts import LOCAL_TIME, Fact, Kind, local_date
from evaluation.domain.months import month_of
from evaluation.domain.spans import CONFIRM_WITHIN

QUIET_FROM, QUIET_UNTIL = 21, 8


class Waiting(StrEnum):
    """A certificate that wasn't handed in, a record that wasn't decided, members of a unit who aren't registered."""

    OVERDUE_CERTIFICATE = "OVERDUE_CERTIFICATE"
    UNCONFIRMED_RECORD = "UNCONFIRMED_RECORD"
    RESIDUAL = "RESIDUAL"


PATIENCE = {Waiting.OVERDUE_CERTIFICATE: timedelta(days=15), Waiting.UNCONFIRMED_RECORD: CONFIRM_WITHIN}


@dataclass(frozen=True, slots=True)
class Residue:
    """How many of a unit's members aren't registered; `division` is where the unit sits."""

    lane: str
    unit: str
    division: str
    members: int


class ReminderSnapshot(BaseModel):
    """`subject` is the registration or record that waits since that day, or the unit with so many members missing."""

    kind: Waiting
    subject: str
    member_id: str
    unit_id: str
    division: str
    since: date
    members: int


class Reminder(Aggregate):
    """Its id says what it reminds of, so that the database lets each through once: since when something waits (however
    often it was moved or changed meanwhile), or a unit's month.
    """

    kind: Waiting
    subject: str
    member: str = ""
    unit: str
    division: str
    since: date
    members: int = 1
    told_at: datetime

    def snapshot(self) -> ReminderSnapshot:
        told = self.model_dump(include={"kind", "subject", "division", "since", "members"})
        return ReminderSnapshot(member_id=self.member, unit_id=self.unit, **told)


def waiting(fact: Fact) -> tuple[Waiting, date] | None:
    """For what this fact waits, and since when."""
    if fact.kind is Kind.REGISTRATION and fact.status == "CERTIFIED":
        return Waiting.OVERDUE_CERTIFICATE, fact.days.get("certified", fact.on)
    if fact.kind is Kind.SERVICE and fact.status == "SUBMITTED":
        return Waiting.UNCONFIRMED_RECORD, fact.on
    return None


def quiet(now: datetime) -> bool:
    """Whether people sleep: from 21:00 to 8:00 in the city."""
    hour = now.astimezone(LOCAL_TIME).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def of_fact(fact: Fact, now: datetime) -> Reminder:
    """Of a fact that waits."""
    found = waiting(fact)
    assert found is not None, "only what waits is reminded of"
    kind, since = found
    return _told(
        Reminder(
            id=reminder_id(kind, fact.id, f"{since}"),
            lane=fact.lane,
            kind=kind,
            subject=fact.id,
            member=fact.member,
            unit=fact.unit,
            division=fact.division,
            since=since,
            told_at=now,
        )
    )


def of_unit(residue: Residue, now: datetime) -> Reminder:
    """Once a month."""
    today = local_date(now)
    return _told(
        Reminder(
            id=reminder_id(Waiting.RESIDUAL, residue.unit, month_of(today)),
            lane=residue.lane,
            kind=Waiting.RESIDUAL,
            subject=residue.unit,
            unit=residue.unit,
            division=residue.division,
            since=today.replace(day=1),
            members=residue.members,
            told_at=now,
        )
    )


def reminder_id(kind: Waiting, subject: str, occasion: str) -> str:
    return f"{kind}.{subject}.{occasion}"


def _told(reminder: Reminder) -> Reminder:
    reminder.record("reminder-due")
    return reminder
