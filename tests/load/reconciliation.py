"""Reconciliation of a city, and of ten times as many lines: when time is linear, the ratio of the two is 10.

What the service does between the database's answers is measured: papers are matched, by number, by key and by
likeness; then people are reconciled a few thousand at a time, with their registrations and papers. Each of the two is
timed as the best of five rounds, of the processor's time, so that whatever else runs is left out; and without the
collector's passes over the lists that only the benchmark holds (as `timeit` measures).
"""

import gc
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

from registration.domain import likeness
from registration.domain.likeness import Candidates, PersonTraits
from registration.domain.matching import PaperLine, PersonKeys, by_member, match_papers
from registration.domain.reconciling import OFF_ROSTER, PlatformLine, RosterLine, Standing, counted, reconcile

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


@dataclass(frozen=True, slots=True)
class Part:
    """People as the service asks the database for them: with their registrations, and what papers may name them by."""

    roster: list[RosterLine]
    platform: list[PlatformLine]
    departed: dict[str, str]
    traits: list[tuple[str, PersonTraits]]
    indexes: list[PersonKeys]


@dataclass(frozen=True, slots=True)
class Lists:
    parts: list[Part]
    papers: list[PaperLine]
    unclear: dict[str, PersonTraits]
    """What papers without a known number say of their persons."""


def run() -> dict[str, object]:
    """Seconds, the ratio of ten times the lines, what was compared with what, and the peak of memory."""
    one, ten = _lists(1), _lists(10)
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


def _lists(times: int, id_of: type[str] = str) -> Lists:
    """Nearly everybody registered. One paper in four people; of these one in twenty without number, and misspelt."""
    chance = random.Random(SEED)
    places = [f"350802{number:06d}" for number in range(PLACES * times)]
    lines, gone = LINES * times, (REGISTRATIONS - LINES) * times
    ids = [f"{chance.getrandbits(64):016x}" for _ in range(lines + gone)]
    homes = [chance.choice(places) for _ in ids]
    people = [_person(chance) for _ in ids]
    papers, unclear = [], {}
    for n in range(0, lines, 4):
        said = people[n] if n % 80 else _misspelt(chance, people[n])
        papers.append(PaperLine(f"p{n}", homes[n], id_of(f"i{ids[n]}") if n % 20 else None, said.key))
        if n % 20 == 0:
            unclear[f"p{n}"] = said
    chance.shuffle(papers)
    return Lists(list(_parts(chance, ids, homes, people, lines, id_of)), papers, unclear)


def _parts(
    chance: random.Random, ids: list[str], homes: list[str], people: list[PersonTraits], lines: int, id_of: type[str]
) -> Iterator[Part]:
    for start in range(0, len(ids), AT_ONCE):
        some = range(start, min(start + AT_ONCE, len(ids)))
        platform = [PlatformLine(f"r{n}", id_of(ids[n]), homes[n], _standing(chance)) for n in some]
        chance.shuffle(platform)
        yield Part(
            [RosterLine(id_of(ids[n]), f"u{n % UNITS}", homes[n]) for n in some if n < lines],
            platform,
            {id_of(ids[n]): "u0" for n in some if n >= lines},
            [(id_of(ids[n]), people[n]) for n in some],
            [PersonKeys(id_of(ids[n]), id_of(f"i{ids[n]}"), None) for n in some if n % 4 == 0 and n % 20],
        )


def _person(chance: random.Random) -> PersonTraits:
    given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    born = f"{chance.randrange(1950, 1995)}{chance.randrange(1, 13):02d}"
    return PersonTraits(chance.choice(SURNAMES) + given, born, f"139{chance.randrange(10**8):08d}")


def _misspelt(chance: random.Random, one: PersonTraits) -> PersonTraits:
    return one._replace(name=one.name[:-1] + chance.choice(GIVEN), phone=None)


def _standing(chance: random.Random) -> Standing:
    return chance.choices(list(Standing), weights=(1, 2, 97))[0]


def _seconds(lists: Lists) -> float:
    best = float("inf")
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        started = time.process_time()
        _reconcile(lists)
        best = min(best, time.process_time() - started)
    gc.enable()
    return best


def _compared(of: str, times: int) -> dict[str, object]:
    """How often ids were compared (hash tables compare what they found), and how often people for their likeness."""
    lists = _lists(times, Id)
    Id.compared = 0
    with patch.object(likeness, "_likeness", side_effect=likeness._likeness) as alike:
        _reconcile(lists)
    return {f"ids compared{of}": Id.compared, f"people compared{of}": alike.call_count}


def _peak(lists: Lists) -> float:
    tracemalloc.start()
    _reconcile(lists)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(peak / 2**20, 1)


def _reconcile(lists: Lists) -> None:
    among = Candidates(lists.unclear.values())
    wanted = {one.key for one in lists.unclear.values()} - {None}
    found: list[PersonKeys] = []
    for part in lists.parts:
        found += part.indexes
        found += [PersonKeys(one, None, traits.key) for one, traits in part.traits if traits.key in wanted]
        among.see(part.traits)
    matches = match_papers(lists.papers, found)
    papers = by_member(lists.papers, matches)
    for paper, traits in lists.unclear.items():
        if paper not in matches:
            among.of(traits)
    counts: Counter[str] = Counter()
    for part in lists.parts:
        theirs = [paper for one, _ in part.traits for paper in papers.get(one, ())]
        counts.update(counted(reconcile(part.roster, part.platform, theirs, matches, part.departed)))
    on_roster, lines = (
        sum(counts[one] for one in set(counts) - set(OFF_ROSTER)),
        sum(len(one.roster) for one in lists.parts),
    )
    if on_roster != lines:
        raise AssertionError(f"{on_roster} of {lines} roster lines came out")


if __name__ == "__main__":
    print(run())  # noqa: T201
