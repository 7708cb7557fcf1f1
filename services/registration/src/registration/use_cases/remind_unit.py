"""Remind units of the people whom a reconciliation left them to act on: one by hand, or all every so often."""

from dataclasses import dataclass

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.calendar import city_date
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


async def remind_residuals(work: Work) -> int:
    """The units of one reconciliation whose reminders are due; 0 when none is. A newer one of the scope ends them."""
    today = city_date(work.now)
    due = {"remind_on": {"$lte": today.isoformat()}}
    found = await work.collection(RECONCILIATIONS).find(due).sort("remind_on").limit(1).to_list()
    if not found:
        return 0
    made = restore(Reconciliation, found[0])
    work.save(RECONCILIATIONS, made)
    newer = {"place": made.place, "_id": {"$gt": made.id}, "scope": found[0]["scope"]}
    if await work.collection(RECONCILIATIONS).find_one(newer):
        made.remind_every_days = made.remind_on = None
        return 1
    made.reminded(today)
    people = await _residual_by_unit(work, made)
    units = await work.load(Unit, UNITS, people)
    sent = work.collection(REMINDERS).find({"reconciliation_id": made.id})
    known = {one["unit_id"]: restore(Reminder, one) async for one in sent}
    for unit in units.values():
        reminder = known.get(unit.id) or _first(made, unit, people[unit.id])
        if not reminder.sent_on(today):
            reminder.send(work.now)
            work.save(REMINDERS, reminder)
    return 1


async def _residual_by_unit(work: Work, made: Reconciliation) -> dict[str, int]:
    match = {"reconciliation_id": made.id, "unit_id": {"$ne": None}, "status": {"$in": list(RESIDUAL)}}
    grouped = await work.collection(RECONCILED_LINES).aggregate(
        [{"$match": match}, {"$group": {"_id": "$unit_id", "people": {"$sum": 1}}}]
    )
    return {one["_id"]: one["people"] async for one in grouped}


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
