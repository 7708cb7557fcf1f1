"""Tell of what waits too long, once each and outside quiet hours. Each answers how many reminders it made."""

from servicekit.storage.work import Work

from evaluation.domain.facts import local_date
from evaluation.domain.months import month_of
from evaluation.domain.reminders import PATIENCE, Reminder, of_fact, of_unit, quiet
from evaluation.storage import reminders
from evaluation.storage.collections import REMINDERS

BATCH = 200


async def remind_of_facts(work: Work) -> int:
    """A batch of overdue certificates and unconfirmed records."""
    if quiet(work.now):
        return 0
    due: list[Reminder] = []
    for kind, patience in PATIENCE.items():
        until = local_date(work.now) - patience
        due += [of_fact(fact, work.now) for fact in await reminders.overdue(work, kind, until, BATCH - len(due))]
        if len(due) == BATCH:
            break
    return _save(work, due)


async def remind_units(work: Work) -> int:
    """A batch of the units that have members to register this month."""
    if quiet(work.now):
        return 0
    month = month_of(local_date(work.now))
    due = [of_unit(residue, work.now) for residue in await reminders.residues(work.database, month)]
    told = await reminders.already_told(work, (one.id for one in due))
    return _save(work, [one for one in due if one.id not in told][:BATCH])


def _save(work: Work, due: list[Reminder]) -> int:
    # Two workers at once make the same ids: the database lets one through, and the other finds nothing left to tell.
    for reminder in due:
        work.save(REMINDERS, reminder)
    return len(due)
