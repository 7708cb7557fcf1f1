"""Remind a unit of the people whom a reconciliation left it to act on."""

from dataclasses import dataclass

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.reconciliations import (
    RESIDUAL,
    NothingToRemind,
    Reconciliation,
    Reminder,
    no_such_reconciliation,
)
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import RECONCILED_LINES, RECONCILIATIONS, REMINDERS, UNITS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class RemindUnit:
    reconciliation_id: str
    unit_id: str


async def remind_unit(work: Work, command: RemindUnit, permit: Permit) -> Reminder:
    """Refused: NothingToRemind, AlreadyReminded (today), NotFound."""
    made = (await work.load(Reconciliation, RECONCILIATIONS, [command.reconciliation_id])).get(
        command.reconciliation_id
    )
    if made is None:
        raise no_such_reconciliation(command.reconciliation_id)
    unit = (await work.load(Unit, UNITS, [command.unit_id])).get(command.unit_id)
    if unit is None:
        raise no_such_unit(command.unit_id)
    permit(Target(division=unit.division, line=unit.line))
    match = {"reconciliation_id": made.id, "unit_id": unit.id}
    people = await work.collection(RECONCILED_LINES).count_documents({**match, "status": {"$in": list(RESIDUAL)}})
    if not people:
        raise NothingToRemind(path="unit_id")
    found = await work.collection(REMINDERS).find_one(match)
    reminder = restore(Reminder, found) if found else _first(made, unit, people)
    reminder.send(work.now)
    work.save(REMINDERS, reminder)
    return reminder


def _first(made: Reconciliation, unit: Unit, people: int) -> Reminder:
    return Reminder(
        id=new_id(),
        lane=unit.lane,
        reconciliation_id=made.id,
        unit_id=unit.id,
        division=unit.division,
        people=people,
        sent_at=[],
    )
