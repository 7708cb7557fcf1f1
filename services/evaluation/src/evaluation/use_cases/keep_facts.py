"""Keep a batch of facts and bring cells and standings up to them, in the same transaction."""

from collections.abc import Sequence

from servicekit.storage.work import Work

from evaluation.domain.books import book, touched_members
from evaluation.domain.facts import Fact
from evaluation.storage import cells, ledger, standings


async def keep_facts(work: Work, facts: Sequence[Fact]) -> int:
    """How many facts were newer than what was kept. Six database operations, however many facts."""
    replaced = await ledger.keep(work, facts)
    if not replaced:
        return 0
    changes = book(replaced, await standings.load(work, touched_members(replaced)))
    await cells.add(work, changes.cells)
    await standings.save(work, changes.standings)
    return len(replaced)
