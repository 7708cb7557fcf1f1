"""Whose the papers are that communities hold: in tiers, and never where two people fit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class MatchTier(StrEnum):
    """How a community's paper found its person."""

    ID_NUMBER = "ID_NUMBER"
    NAME_BIRTH_PHONE = "NAME_BIRTH_PHONE"
    DECIDED = "DECIDED"


class PaperLine(NamedTuple):
    """A paper that a community holds. `person_key` stands for name, birth month and phone tail."""

    paper_id: str
    community: str
    id_index: str | None
    person_key: str | None
    member_id: str | None = None
    """Whom a person decided it to be."""


class Held(NamedTuple):
    """A paper, and how it found its person."""

    paper: PaperLine
    tier: MatchTier


class Matched(NamedTuple):
    """The papers of each person, by member id, and those of nobody that is known."""

    held: dict[str, list[Held]]
    strangers: list[PaperLine]


def match_papers(
    papers: Iterable[PaperLine], by_number: Mapping[str, str], by_key: Mapping[str, Sequence[str]]
) -> Matched:
    """Whose each paper is: as decided; else by ID number; else by the person key where it fits one alone.

    `by_number` are members by the blind index of their ID number, `by_key` by person key.
    """
    held: dict[str, list[Held]] = defaultdict(list)
    strangers = []
    for paper in papers:
        match = _match(paper, by_number, by_key)
        if match is None:
            strangers.append(paper)
        else:
            member_id, tier = match
            held[member_id].append(Held(paper, tier))
    return Matched(held, strangers)


def _match(
    paper: PaperLine, by_number: Mapping[str, str], by_key: Mapping[str, Sequence[str]]
) -> tuple[str, MatchTier] | None:
    if paper.member_id is not None:
        return paper.member_id, MatchTier.DECIDED
    if paper.id_index is not None:
        member = by_number.get(paper.id_index)
        return (member, MatchTier.ID_NUMBER) if member else None
    fits = by_key.get(paper.person_key, ()) if paper.person_key else ()
    return (fits[0], MatchTier.NAME_BIRTH_PHONE) if len(fits) == 1 else None
