"""A reconciliation is made in many transactions: begun, its lines kept part by part, finished; or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from servicekit.domain import InvalidInput, new_id
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import Work

from registration.domain.calendar import city_date, past_date
from registration.domain.divisions import lane_of, parse_code
from registration.domain.reconciliations import Reconciliation, Scope, no_such_reconciliation
from registration.domain.reconciling import ReconciledLine, counted
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import BEGUN_RECONCILIATIONS, RECONCILED_LINES, RECONCILIATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.match_scope import Whose

_LINES_AT_ONCE = 5_000
GIVEN_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """`remind_every_days`: remind the units of whoever is left, today and again, until a newer one of the scope."""

    scope: Scope
    as_of: date | None = None
    remind_every_days: int | None = None


async def begin_reconciliation(work: Work, command: Reconcile, permit: Permit) -> Reconciliation:
    """Check what is asked for, and note that lines of it may come to be."""
    scope = _checked(command.scope)
    _check_period(command.remind_every_days)
    unit = await _unit(work, scope)
    place = unit.division if unit else str(scope.division)
    line = unit.line if unit else scope.line
    permit(Target(division=place, unit=scope.unit, line=line))
    begun = Reconciliation(
        id=new_id(),
        lane=lane_of(place),
        scope=scope,
        place=place,
        unit_line=line,
        as_of=past_date(command.as_of, work.now, path="as_of"),
        made_at=work.now,
        made_by=work.actor.subject,
        counts=counted([]),
        remind_every_days=command.remind_every_days,
        remind_on=city_date(work.now) if command.remind_every_days else None,
    )
    await work.collection(BEGUN_RECONCILIATIONS).insert_one({"_id": begun.id, "begun_at": work.now})
    return begun


async def keep_lines(work: Work, made: Reconciliation, lines: Sequence[ReconciledLine], whose: Whose) -> None:
    """Refused: NotFound, if it was given up because it took so long. Counting the parts conflicts with giving it up."""
    going_on = {"_id": made.id, "given_up": None}
    if not (await work.collection(BEGUN_RECONCILIATIONS).update_one(going_on, {"$inc": {"parts": 1}})).matched_count:
        raise no_such_reconciliation(made.id)
    units = await work.load(Unit, UNITS, {line.unit_id for line in lines if line.unit_id})
    documents = [
        _document(made, number, line, units, whose) for number, line in enumerate(lines, sum(made.counts.values()))
    ]
    await work.collection(RECONCILED_LINES).insert_many(documents, ordered=False)


async def finish_reconciliation(work: Work, made: Reconciliation) -> Reconciliation:
    """All of its lines are there: now it is, too. Refused: NotFound, if it was given up because it took so long."""
    begun = await work.collection(BEGUN_RECONCILIATIONS).delete_one({"_id": made.id, "given_up": None})
    if not begun.deleted_count:
        raise no_such_reconciliation(made.id)
    finished = made.model_copy(deep=True)
    finished.record("reconciliation-made")
    work.save(RECONCILIATIONS, finished)
    return finished


async def give_up_reconciliations(work: Work) -> int:
    """Delete some lines of one that was broken off a day ago; 0 when there is none."""
    begun = work.collection(BEGUN_RECONCILIATIONS)
    broken_off = {"begun_at": {"$lt": work.now - GIVEN_UP_AFTER}}
    old = await begun.find_one_and_update(broken_off, {"$set": {"given_up": True}})
    if old is None:
        return 0
    lines = work.collection(RECONCILED_LINES)
    some = await lines.find({"reconciliation_id": old["_id"]}, {"_id": 1}).limit(_LINES_AT_ONCE).to_list()
    if some:
        await lines.delete_many({"_id": {"$in": [one["_id"] for one in some]}})
    else:
        await begun.delete_one({"_id": old["_id"]})
    return 1


def _checked(scope: Scope) -> Scope:
    if (scope.unit is None) == (scope.division is None) or (scope.unit is not None and scope.line):
        raise InvalidInput(
            path="unit",
            reason_zh="须给出单位,或给出区划(可限定条线)",
            reason_en="give a unit, or a division (and a line within it)",
        )
    return scope.model_copy(update={"division": parse_code(scope.division, "division")}) if scope.division else scope


def _check_period(days: int | None) -> None:
    if days is not None and not 1 <= days <= 366:
        raise InvalidInput(
            path="remind_every_days", reason_zh="应为 1 至 366 天", reason_en="it is between 1 and 366 days"
        )


async def _unit(work: Work, scope: Scope) -> Unit | None:
    if scope.unit is None:
        return None
    unit = (await work.load(Unit, UNITS, [scope.unit])).get(scope.unit)
    if unit is None:
        raise no_such_unit(scope.unit, path="unit")
    return unit


def _document(
    made: Reconciliation, number: int, line: ReconciledLine, units: Mapping[str, Unit], whose: Whose
) -> Document:
    unit = units.get(line.unit_id or "")
    return {
        "_id": f"{made.id}:{number:07d}",
        "reconciliation_id": made.id,
        "status": line.status.value,
        "member_id": line.member_id,
        "unit_id": line.unit_id,
        "division": unit.division if unit else made.place,
        "line": unit.line if unit else None,
        "place": made.place,
        "registration_id": line.registration_id,
        "community": line.community,
        "papers": list(line.papers),
        "tier": line.tier and line.tier.value,
        "candidates": [each for paper in line.papers for each in whose.candidates.get(paper, [])],
    }
