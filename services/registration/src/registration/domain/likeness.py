"""Who a paper may belong to when no key says so: candidates that a person decides on. Never decided by itself."""

import os
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

# Read when the library is imported: its dictionary of phrases costs a process 44 MB, and no phrase is asked for.
os.environ["PYPINYIN_NO_PHRASES"] = "1"
from pypinyin import lazy_pinyin

MOST_CANDIDATES = 5
_WORTH_A_LOOK = 60.0
# What more people than these share says nothing about anyone: it bounds what one paper is compared with.
_LARGEST_BLOCK = 200
_PHONE_TAIL = 4
# So many characters of a name are looked up; Chinese names have two to four.
_LONGEST_NAME = 8


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


class _Heard(NamedTuple):
    """A person, and how each character of the name sounds."""

    traits: PersonTraits
    sounds: tuple[str, ...]

    @property
    def sound(self) -> str:
        return " ".join(self.sounds)


class Candidates:
    """People whom papers may belong to, seen in whatever parts they come in.

    Only who shares something with a paper is kept and compared with it: a block is what two spellings of one person
    share. So work and memory grow with the papers, and each person is looked up once.
    """

    def __init__(self, papers: Iterable[PersonTraits]) -> None:
        self._blocks: dict[tuple[str, ...], list[tuple[str, _Heard]]] = {
            block: [] for paper in papers for block in _asked(_heard(paper))
        }

    def see(self, people: Iterable[tuple[str, PersonTraits]]) -> None:
        """`people` by member id."""
        for member_id, traits in people:
            heard = _heard(traits)
            for block in _blocks(heard):
                found = self._blocks.get(block)
                if found is not None and len(found) <= _LARGEST_BLOCK:
                    found.append((member_id, heard))

    def of(self, paper: PersonTraits) -> list[Candidate]:
        """The likeliest people for one of the papers, best first."""
        heard = _heard(paper)
        blocks = (self._blocks[block] for block in _asked(heard))
        near = dict(one for block in blocks if len(block) <= _LARGEST_BLOCK for one in block)
        scored = (Candidate(member_id, _likeness(heard, one)) for member_id, one in near.items())
        worth = (one for one in scored if one.score >= _WORTH_A_LOOK)
        return sorted(worth, key=lambda one: (-one.score, one.member_id))[:MOST_CANDIDATES]


def likeness(one: PersonTraits, other: PersonTraits) -> float:
    """0 to 100: names by characters or by sound, and what else of the two agrees."""
    return _likeness(_heard(one), _heard(other))


def _likeness(one: _Heard, other: _Heard) -> float:
    name = max(fuzz.ratio(one.traits.name, other.traits.name), 0.9 * fuzz.ratio(one.sound, other.sound))
    birth = _agreement(one.traits.birth_month, other.traits.birth_month)
    phone = _agreement(one.traits.phone_tail, other.traits.phone_tail)
    return round(min(100.0, 0.7 * name + 15.0 * (birth + phone)), 1)


def _agreement(one: str | None, other: str | None) -> float:
    """1 when both are known and equal, 0 when they differ, a third when either is unknown."""
    if one is None or other is None:
        return 1 / 3
    return 1.0 if one == other else 0.0


def _heard(traits: PersonTraits) -> _Heard:
    return _Heard(traits, tuple([_sound(character) for character in traits.name]))


@cache
def _sound(character: str) -> str:
    """Without its neighbours, so that a name is heard alike however another character of it is written."""
    return lazy_pinyin(character)[0]


def _blocks(one: _Heard) -> Iterator[tuple[str, ...]]:
    """What two spellings of one person share: one of the characters, and the more of them the less else there is."""
    traits, sounds = one.traits, one.sounds
    yield sounds
    if traits.birth_month:
        yield (traits.birth_month[:4], *sounds)
        for pair in combinations(sounds[:_LONGEST_NAME], 2):
            yield (traits.birth_month, *pair)
    if traits.phone_tail:
        for sound in sounds[:_LONGEST_NAME]:
            yield traits.phone_tail, sound


def _asked(paper: _Heard) -> Iterator[tuple[str, ...]]:
    """The blocks to look in. Those of the same name are too many where something else is known."""
    blocks = _blocks(paper)
    namesakes = next(blocks)
    return blocks if paper.traits.birth_month or paper.traits.phone_tail else iter([namesakes])
