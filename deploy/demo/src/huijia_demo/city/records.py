"""Who served when: confirmed visits as many as asked, and some rejected and unconfirmed ones that don't count."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from huijia_demo.city.chance import day_between, stream
from huijia_demo.city.model import Claim, Outcome, Person, Record, Verdict
from huijia_demo.figures import MEASURED_YEAR

NEW_YEAR, YEAR_END = date(MEASURED_YEAR, 1, 1), date(MEASURED_YEAR, 12, 31)
SETTLING_IN = timedelta(days=14)
ENOUGH_A_YEAR = 2
ONE_UNCOUNTED_IN = 50
FOLLOWS_A_CLAIM = 0.6
ELSEWHERE = 0.05
ERRANDS = ["入户走访", "民情收集", "文明劝导", "卫生清洁", "困难帮扶", "政策宣讲"]
VANGUARDS = ("MODEL_RESIDENT", "OPINION_GATHERING", "POLICY_OUTREACH", "MEDIATION", "VOLUNTEERING")


def records(visits: int, serving: int, people: list[Person], claims: list[Claim]) -> list[Record]:
    """`visits` confirmed records; exactly `serving` of the registered have two or more of them in the measured year."""
    chance = stream("records")
    registered = [person for person in people if person.fate.completes]
    idle = set(chance.sample(registered, len(registered) - serving))
    active = [person for person in registered if person not in idle]
    diaries = {person: Diary(chance, person) for person in registered}
    writer = Writer(chance, claims, sorted({person.community for person in registered}))

    confirmed = [day for person in active for day in _at_least_enough(diaries[person])]
    confirmed += [day for person in registered if person in idle for day in _too_few(diaries[person])]
    extra = Counter(chance.choices(active, k=visits - len(confirmed)))
    confirmed += [diaries[person].day() for person, times in extra.items() for _ in range(times)]

    return [
        *(writer.record(person, day, Outcome.CONFIRMED) for person, day in confirmed),
        *(writer.record(*diaries[person].day(NEW_YEAR), Outcome.REJECTED) for person in registered if person in idle),
        *(writer.record(person, day, outcome) for (person, day), outcome in _uncounted(chance, visits, diaries)),
    ]


class Diary:
    """The days of one person: one service a day at most, from soon after the registration."""

    def __init__(self, chance: Random, person: Person) -> None:
        self._chance = chance
        self._person = person
        self._taken: set[date] = set()
        self.first = person.registers_on + SETTLING_IN

    def day(self, earliest: date = date.min, last: date = YEAR_END) -> tuple[Person, date]:
        while True:
            day = day_between(self._chance, max(self.first, earliest), last)
            if day not in self._taken:
                self._taken.add(day)
                return self._person, day


class Writer:
    """Fills in what was done, for how long, and after which claim."""

    def __init__(self, chance: Random, claims: list[Claim], communities: list[str]) -> None:
        self._chance = chance
        self._communities = communities
        self._claims: defaultdict[Person, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.verdict is Verdict.APPROVED:
                self._claims[claim.person].append(claim)

    def record(self, person: Person, day: date, outcome: Outcome) -> Record:
        claim = self._claim(person, day)
        activity = claim.offer.title if claim else self._chance.choice(ERRANDS)
        hours = Decimal(self._chance.randint(1, 8)) / 2
        place = person.community if claim else self._place(person)
        return Record(person, place, claim, activity, day, hours, self._chance.choice(VANGUARDS), outcome)

    def _place(self, person: Person) -> str:
        away = self._chance.random() < ELSEWHERE
        return self._chance.choice(self._communities) if away else person.community

    def _claim(self, person: Person, day: date) -> Claim | None:
        open_then = [claim for claim in self._claims[person] if claim.offer.opens_on <= day]
        return self._chance.choice(open_then) if open_then and self._chance.random() < FOLLOWS_A_CLAIM else None


def _at_least_enough(diary: Diary) -> Iterator[tuple[Person, date]]:
    return (diary.day(NEW_YEAR) for _ in range(ENOUGH_A_YEAR))


def _too_few(diary: Diary) -> Iterator[tuple[Person, date]]:
    """One too few in the measured year, however many there were before it."""
    yield from (diary.day(NEW_YEAR) for _ in range(ENOUGH_A_YEAR - 1))
    year_before = NEW_YEAR - timedelta(days=1)
    if diary.first + timedelta(days=30) < year_before:
        yield from (diary.day(last=year_before) for _ in range(ENOUGH_A_YEAR))


def _uncounted(
    chance: Random, visits: int, diaries: dict[Person, Diary]
) -> Iterator[tuple[tuple[Person, date], Outcome]]:
    people = list(diaries)
    for index in range(max(2, visits // ONE_UNCOUNTED_IN)):
        yield diaries[chance.choice(people)].day(), (Outcome.REJECTED, Outcome.SUBMITTED)[index % 2]
