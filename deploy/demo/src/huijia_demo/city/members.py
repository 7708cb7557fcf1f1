"""Who stands on which roster, lives where, and how far each registration gets."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import cycle
from random import Random

from huijia_demo.city.chance import day_between, shares, stream, uneven
from huijia_demo.city.model import Fate, Person, Presence, Unit
from huijia_demo.city.people import Identities

EARLY, DEADLINE, LATE = date(2015, 7, 1), date(2015, 12, 31), date(2017, 3, 31)
JOINING = date(2016, 9, 5)
LATECOMERS = 0.1
BY_RESIDENCE = 0.6
ALONE = 20  # people who act for themselves: their calls are many, and their share falls as the city grows
# Which of every hundred need a second try.
SECOND_TRIES = {5: Fate.COMPLETED_AFTER_REJECTION, 20: Fate.COMPLETED_AFTER_WITHDRAWAL}
HUNDRED = 100
ONE_LEAVES_IN = 150
UNFINISHED = (Fate.SUBMITTED, Fate.CERTIFIED, Fate.NONE)


def members(active: int, registered: int, units: list[Unit], communities: list[str]) -> list[Person]:
    """Everybody who ever stood on a roster: `active` people on the newest ones, `registered` of them completed.

    Every community and every unit has somebody who completes; those who leave never do, and are counted nowhere.
    """
    chance = stream("members")
    settle = Settlement(chance, units, one_alone_in=max(10, registered // ALONE))
    homes = zip(communities, shares(registered, uneven(chance, len(communities)), least=1), strict=True)
    staying = [settle.registered(community, index) for community, count in homes for index in range(count)]
    unfinished = cycle(UNFINISHED)
    missing = [
        settle.anywhere(chance.choice(communities), next(unfinished), Presence.BOTH) for _ in range(active - registered)
    ]
    leaving = [
        settle.anywhere(chance.choice(communities), next(unfinished), Presence.LEAVES)
        for _ in range(max(1, active // ONE_LEAVES_IN))
    ]
    return [*_somebody_joins(chance, staying, {person.unit for person in leaving}), *missing, *leaving]


def registered_at(people: list[Person]) -> dict[str, list[Person]]:
    """Community -> those whose registration there is completed."""
    registered: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.fate.completes:
            registered[person.community].append(person)
    return dict(registered)


class Settlement:
    """Gives people a unit and a home."""

    def __init__(self, chance: Random, units: list[Unit], one_alone_in: int) -> None:
        self._chance = chance
        self._units = units
        self._paired: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            self._paired[unit.community].append(unit)
        self._identities = Identities()
        self._turns = cycle(range(one_alone_in))
        self._tries = cycle(range(HUNDRED))

    def registered(self, community: str, index: int) -> Person:
        """The first of a community sit in its paired units, one each; the others wherever they work."""
        paired = self._paired[community]
        if index < len(paired):
            return self._person(paired[index], community, self._completing(), Presence.BOTH)
        return self.anywhere(community, self._completing(), Presence.BOTH)

    def anywhere(self, community: str, fate: Fate, presence: Presence) -> Person:
        paired = self._paired[community]
        nearby = paired and self._chance.random() > BY_RESIDENCE
        return self._person(self._chance.choice(paired if nearby else self._units), community, fate, presence)

    def _person(self, unit: Unit, community: str, fate: Fate, presence: Presence) -> Person:
        return Person(
            unit=unit,
            name=self._identities.name(),
            id_number=self._identities.id_number(unit.credit_code),
            phone=self._identities.phone(),
            community=community,
            by_residence=unit.community != community or self._chance.random() < BY_RESIDENCE,
            presence=presence,
            fate=fate,
            registers_on=self._day(),
            alone=fate is Fate.COMPLETED and next(self._turns) == 0,
        )

    def _day(self) -> date:
        late = self._chance.random() < LATECOMERS
        return day_between(self._chance, DEADLINE, LATE) if late else day_between(self._chance, EARLY, DEADLINE)

    def _completing(self) -> Fate:
        return SECOND_TRIES.get(next(self._tries), Fate.COMPLETED)


def _somebody_joins(chance: Random, people: list[Person], changing: set[Unit]) -> list[Person]:
    """One registered person of each unit whose roster changes comes with its second version."""
    waiting = set(changing)
    joined = []
    for person in people:
        joins = person.unit in waiting
        waiting.discard(person.unit)
        day = day_between(chance, JOINING, LATE)
        joined.append(replace(person, presence=Presence.JOINS, registers_on=day) if joins else person)
    return joined
