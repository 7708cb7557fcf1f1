"""Reading archived events the way they were read when they came."""

from collections.abc import Sequence
from typing import Any

from servicekit.bus.apply import Consumes
from servicekit.events import Event
from servicekit.events import Fact as Told

from evaluation.domain.facts import Fact
from evaluation.messages.consumed import CONSUMED
from evaluation.messages.handlers import fact_of

_CONSUMES: dict[tuple[str, str], Consumes[Any]] = {
    (consumes.source, fact): consumes for consumes in CONSUMED for fact in consumes.facts
}


def newest_facts(events: Sequence[Event]) -> list[Fact]:
    """The facts that these events tell, each at its newest version; events of no interest tell none."""
    newest: dict[str, Fact] = {}
    for event in events:
        fact = _fact(event)
        if fact is not None and (fact.key not in newest or newest[fact.key].version < fact.version):
            newest[fact.key] = fact
    return list(newest.values())


def _fact(event: Event) -> Fact | None:
    consumes = _CONSUMES.get((event.source, event.fact))
    if consumes is None:
        return None
    data = consumes.fit(event)
    told = Told(event.id, event.fact, event.subject, event.lane, event.version, event.time, data, event.correlation_id)
    return fact_of(told)
