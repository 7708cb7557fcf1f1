"""Reconciliation of a city, and of ten times as many lines: when time is linear, the ratio of the two is 10.

What the service does between the database's answers is measured: papers are matched, by number, by key and by
likeness; then people are reconciled a few thousand at a time, with their registrations and papers. Like the service,
the benchmark holds papers and ids of the whole city but people only while their part is at work; making them, where
the service reads them, is not counted. Each size is timed as the best of five rounds, of the processor's time, so that
whatever else runs is left out, without the collector's passes over what the benchmark holds (as `timeit` does).
"""

import gc
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from registration.domain import likeness
from registration.domain.likeness import Candidates, PersonTraits
from registration.domain.matching import PaperLine, match_papers
from registration.domain.reconciling import (
    OFF_ROSTER,
    PlatformLine,
    RosterLine,
    Standing,
    counted,
    not_on_roster,
    reconcile,
)

LINES, REGISTRATIONS, PLACES, UNITS = 37_466, 37_500, 160, 890
AT_ONCE = 5_000
ROUNDS = 5
SEED = 20160501
SURNAMES = "陈林黄吴张李王郑赖邱刘罗曾谢郭杨江廖卢钟游苏温邓沈范丘阙熊饶"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰建文志国海金荣春永庆龙辉斌红梅福生云水木火土山河川林森"


class Id(str):
    """An id that counts what it is compared with."""

    compared = 0
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Id.compared += 1
        return str.__eq__(self, other)

    def __lt__(self, other: str) -> bool:
        Id.compared += 1
        return str.__lt__(self, other)


@dataclass(slots=True)
class Stopwatch:
    """Seconds of the processor while it runs."""

    seconds: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds += time.process_time() - started


@dataclass(slots=True)
class Part:
    """A few thousand people, as they are read: with their registrations; `gone` are those who left."""

    traits: list[tuple[str, PersonTraits]] = field(default_factory=list)
    roster: list[RosterLine] = field(default_factory=list)
    platform: list[PlatformLine] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)


class City:
    """Nearly everybody registered. Papers of one in four, a fifth without number, a quarter of these misspelt."""

    def __init__(self, times: int, id_of: type[str] = str) -> None:
        self.lines, self.everybody = LINES * times, REGISTRATIONS * times
        self._places = [f"350802{number:06d}" for number in range(PLACES * times)]
        self._id_of = id_of
        self.owners: dict[str, str] = {}
        self.papers: list[PaperLine] = []
        self.unclear: dict[str, PersonTraits] = {}
        for part in self.parts():
            for (member, traits), registration in list(zip(part.traits, part.platform, strict=True))[::4]:
                self._hand_in(member, traits, registration.community)
        self.papers.sort(key=lambda one: (one.community, one.paper_id))

    def parts(self) -> Iterator[Part]:
        """The same people each time, made anew."""
        for start in range(0, self.everybody, AT_ONCE):
            chance = random.Random(f"{SEED}:{start}")
            part = Part()
            for n in range(start, min(start + AT_ONCE, self.everybody)):
                self._add(part, chance, n)
            yield part

    def _add(self, part: Part, chance: random.Random, n: int) -> None:
        member, home = f"{chance.getrandbits(64):016x}", chance.choice(self._places)
        given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        born = f"{chance.randrange(1950, 1995)}{chance.randrange(1, 13):02d}"
        traits = PersonTraits(chance.choice(SURNAMES) + given, born, f"139{chance.randrange(10**8):08d}")
        standing = chance.choices(list(Standing), weights=(1, 2, 97))[0]
        part.traits.append((self._id_of(member), traits))
        part.platform.append(PlatformLine(f"r{member}", self._id_of(member), home, standing))
        if n < self.lines:
            part.roster.append(RosterLine(self._id_of(member), f"u{n % UNITS}", home))
        else:
            part.gone[self._id_of(member)] = "u0"

    def _hand_in(self, member: str, traits: PersonTraits, community: str) -> None:
        number = len(self.papers)
        if number % 5:
            index = self._id_of(f"i{member}")
            self.owners[index] = member
            self.papers.append(PaperLine(f"p{member}", community, self._id_of(f"i{member}"), None))
            return
        said = (
            traits if number % 20 else traits._replace(name=traits.name[:-1] + GIVEN[number % len(GIVEN)], phone=None)
        )
        self.papers.append(PaperLine(f"p{member}", community, None, said.key))
        self.unclear[f"p{member}"] = said


def run() -> dict[str, object]:
    """Seconds, the ratio of ten times the lines, what was compared with what, and the peak of memory."""
    one, ten = City(1), City(10)
    seconds, tenfold = _seconds(one), _seconds(ten)
    return {
        "lines": LINES,
        "registrations": REGISTRATIONS,
        "papers": len(one.papers),
        "seconds": round(seconds, 4),
        "seconds for ten times": round(tenfold, 4),
        "ratio": round(tenfold / seconds, 2),
        **_compared("", 1),
        **_compared(" for ten times", 10),
        "peak MiB": _peak(one),
        "peak MiB for ten times": _peak(ten),
    }


def _seconds(city: City) -> float:
    gc.collect()
    gc.disable()
    best = min(_reconcile(city) for _ in range(ROUNDS))
    gc.enable()
    return best


def _compared(of: str, times: int) -> dict[str, object]:
    """How often ids were compared (hash tables compare what they find), and how often people for their likeness."""
    city = City(times, Id)
    Id.compared = 0
    with patch.object(likeness, "_likeness", side_effect=likeness._likeness) as alike:
        _reconcile(city)
    return {f"ids compared{of}": Id.compared, f"people compared{of}": alike.call_count}


def _peak(city: City) -> float:
    tracemalloc.start()
    _reconcile(city)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(peak / 2**20, 1)


def _reconcile(city: City) -> float:
    """The seconds that it took."""
    watch = Stopwatch()
    with watch.running():
        among = Candidates(city.unclear.values())
        by_key: dict[str | None, list[str]] = {one.key: [] for one in city.unclear.values() if one.key}
    for part in city.parts():
        with watch.running():
            among.see(part.traits)
            for member, traits in part.traits:
                if traits.key in by_key:
                    by_key[traits.key].append(member)
    with watch.running():
        held, strangers = match_papers(city.papers, city.owners, by_key)
        for stranger in strangers:
            among.of(city.unclear[stranger.paper_id])
        counts = Counter(counted(not_on_roster(strangers)))
    for part in city.parts():
        with watch.running():
            counts.update(counted(reconcile(part.roster, part.platform, held, part.gone)))
    on_roster = counts.total() - sum(counts[one] for one in OFF_ROSTER)
    if on_roster != city.lines:
        raise AssertionError(f"{on_roster} of {city.lines} roster lines came out")
    return watch.seconds


if __name__ == "__main__":
    print(run())  # noqa: T201
