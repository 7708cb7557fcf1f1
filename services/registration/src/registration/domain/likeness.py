"""Who a paper may belong to when no key says so: candidates that a person decides on. Never decided by itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

MOST_CANDIDATES = 5
_WORTH_A_LOOK = 60.0
# A block that so many share says nothing about anyone, and comparing with all of it would not be linear.
_LARGEST_BLOCK = 200
_PHONE_TAIL = 4


class PersonTraits(NamedTuple):
    """What is known of a person; `birth_month` as YYYYMM."""

    name: str
    birth_month: str | None = None
    phone: str | None = None

    @property
    def phone_tail(self) -> str | None:
        return self.phone[-_PHONE_TAIL:] if self.phone else None

    @property
    def key(self) -> str | None:
        """Name, birth month and phone tail as one text; None unless all three are known."""
        if self.birth_month is None or self.phone_tail is None:
            return None
        return f"{self.name}|{self.birth_month}|{self.phone_tail}"


class Candidate(NamedTuple):
    """`score` runs from 0 to 100."""

    member_id: str
    score: float


@dataclass(frozen=True, slots=True)
class _Known:
    member_id: str
    traits: PersonTraits


class Candidates:
    """People to look among, blocked by what two spellings of one person share."""

    def __init__(self, people: Iterable[tuple[str, PersonTraits]]) -> None:
        self._blocks: dict[str, list[_Known]] = defaultdict(list)
        for member_id, traits in people:
            known = _Known(member_id, traits)
            for block in _blocks(traits):
                self._blocks[block].append(known)

    def of(self, traits: PersonTraits) -> list[Candidate]:
        """The likeliest people, best first."""
        near = {
            known.member_id: known.traits
            for block in _blocks(traits)
            if len(found := self._blocks.get(block, [])) <= _LARGEST_BLOCK
            for known in found
        }
        scored = [Candidate(member_id, likeness(traits, one)) for member_id, one in near.items()]
        worth = [one for one in scored if one.score >= _WORTH_A_LOOK]
        return sorted(worth, key=lambda one: (-one.score, one.member_id))[:MOST_CANDIDATES]


def likeness(one: PersonTraits, other: PersonTraits) -> float:
    """0 to 100: names by characters or by sound, and what else of the two agrees."""
    name = max(fuzz.ratio(one.name, other.name), 0.9 * fuzz.ratio(pinyin(one.name), pinyin(other.name)))
    agrees = _agreement(one.birth_month, other.birth_month) + _agreement(one.phone_tail, other.phone_tail)
    return round(min(100.0, 0.7 * name + 15.0 * agrees), 1)


def _agreement(one: str | None, other: str | None) -> float:
    """1 when both are known and equal, 0 when they differ, a third when either is unknown."""
    if one is None or other is None:
        return 1 / 3
    return 1.0 if one == other else 0.0


@lru_cache(maxsize=100_000)
def pinyin(name: str) -> str:
    return " ".join(lazy_pinyin(name))


def _blocks(traits: PersonTraits) -> Iterator[str]:
    sound = pinyin(traits.name)
    yield f"sound:{sound}"
    if traits.birth_month:
        yield f"born:{sound.split(' ')[0]}:{traits.birth_month}"
    if traits.phone_tail:
        yield f"phone:{traits.phone_tail}"
