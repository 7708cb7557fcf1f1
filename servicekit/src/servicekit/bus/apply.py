"""Which events a service consumes, and the one transaction that applies a batch of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from servicekit.bus import metrics
from servicekit.bus.inbox import take_new
from servicekit.bus.messages import Delivery
from servicekit.events import Event, Fact, MalformedEvent
from servicekit.storage.work import Work

D = TypeVar("D", bound=BaseModel)
Handler = Callable[[Work, Sequence[Fact[D]]], Awaitable[None]]
Upgrade = Callable[[Any], Any]
Archive = Callable[[Work, Sequence[Event]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Consumes(Generic[D]):
    """One subscription: facts about one kind of aggregate, the consumer's own model of its snapshot, and the handler.

    The handler gets each subject once, at its newest version in the batch. It must keep what it has if that is newer
    (`Work.keep_newest` does). `version` is the schema number that `model` reads; `upgrades` make data of an older
    number fit the next, for as long as such events may come.
    """

    source: str
    facts: tuple[str, ...]
    model: type[D]
    handler: Handler[D]
    version: int = 1
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)

    def fit(self, event: Event) -> D:
        """The event's data in this model. Raises MalformedEvent where its schema number is not understood."""
        data, schema = event.data, event.schema
        while schema < self.version and schema in self.upgrades:
            try:
                data, schema = self.upgrades[schema](data), schema + 1
            except (KeyError, TypeError, ValueError) as error:
                raise MalformedEvent(f"{event.type}: can't be upgraded: {type(error).__name__}") from error
        if schema != self.version:
            raise MalformedEvent(f"unknown version: {event.type}, understood is v{self.version}")
        return self.model.model_validate(data)


@dataclass(frozen=True, slots=True)
class Received:
    """A message read and understood, with its subscription; none when it is of no interest here."""

    delivery: Delivery
    event: Event
    consumes: Consumes[Any] | None
    data: Any


class Subscriptions:
    """The subscriptions of a service, by source and fact."""

    def __init__(self, consumed: Sequence[Consumes[Any]]) -> None:
        self._by_fact: dict[tuple[str, str], Consumes[Any]] = {}
        for one in consumed:
            for fact in one.facts:
                if self._by_fact.setdefault((one.source, fact), one) is not one:
                    raise ValueError(f"two subscriptions to {one.source}.{fact}: one handler has to do both")

    @property
    def patterns(self) -> list[str]:
        return [f"{source}.{fact}" for source, fact in self._by_fact]

    def read(self, delivery: Delivery) -> Received:
        """Read a message; `MalformedEvent` where no retry can help: no event, unknown version, wrong data."""
        event = Event.decode(delivery.body)
        consumes = self._by_fact.get((event.source, event.fact))
        if consumes is None:
            return Received(delivery, event, None, None)
        try:
            return Received(delivery, event, consumes, consumes.fit(event))
        except ValidationError as error:
            where = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors())
            raise MalformedEvent(f"{event.type}: data does not fit: {where}") from error


async def apply_events(work: Work, received: Sequence[Received], archive: Archive | None = None) -> int:
    """Give the events that are new their effects, and to `archive` all that are new; how many they were."""
    events = await take_new(work, [one.event for one in received])
    new = {event.id for event in events}
    if archive is not None and events:
        await archive(work, events)
    for consumes, facts in _newest(received, new):
        await consumes.handler(work, facts)
    oldest = min(one.event.time for one in received)
    metrics.LAG.labels(work.source).observe(max(0.0, (work.now - oldest).total_seconds()))
    return len(new)


def _newest(received: Sequence[Received], new: set[str]) -> list[tuple[Consumes[Any], list[Fact[Any]]]]:
    newest: dict[int, tuple[Consumes[Any], dict[str, Fact[Any]]]] = {}
    for one in received:
        if one.consumes is None or one.event.id not in new:
            continue
        _, facts = newest.setdefault(id(one.consumes), (one.consumes, {}))
        event = one.event
        kept = facts.get(event.subject)
        if kept is None or kept.version < event.version:
            facts[event.subject] = _fact(event, one.data)
    return [(consumes, list(facts.values())) for consumes, facts in newest.values()]


def _fact(event: Event, data: D) -> Fact[D]:
    return Fact(
        event.id,
        event.fact,
        event.subject,
        event.lane,
        event.version,
        event.time,
        data,
        event.correlation_id,
        event.traceparent,
    )
