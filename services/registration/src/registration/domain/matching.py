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


class PersonKeys(NamedTuple):
    """What a paper may find a member by."""

    member_id: str
    id_index: str | None
    person_key: str | None


class Match(NamedTuple):
    member_id: str
    tier: MatchTier


def match_papers(papers: Sequence[PaperLine], people: Iterable[PersonKeys]) -> dict[str, Match]:
    """Who each paper belongs to: as decided; else by ID number; else by the person key where it fits one alone."""
    # The tables hold what the papers ask for, not everybody: people may come in a stream.
    by_index: dict[str, str | None] = dict.fromkeys([one.id_index for one in papers if one.id_index is not None])
    by_key: dict[str, list[str]] = {one.person_key: [] for one in papers if one.id_index is None and one.person_key}
    for member_id, id_index, person_key in people:
        if id_index in by_index:
            by_index[id_index] = member_id
        if person_key in by_key:
            by_key[person_key].append(member_id)
    found = ((paper.paper_id, _match(paper, by_index, by_key)) for paper in papers)
    return {paper_id: match for paper_id, match in found if match is not None}


def _match(paper: PaperLine, by_index: Mapping[str, str | None], by_key: Mapping[str, Sequence[str]]) -> Match | None:
    if paper.member_id is not None:
        return Match(paper.member_id, MatchTier.DECIDED)
    if paper.id_index is not None:
        member = by_index[paper.id_index]
        return Match(member, MatchTier.ID_NUMBER) if member else None
    fits = by_key[paper.person_key] if paper.person_key else ()
    return Match(fits[0], MatchTier.NAME_BIRTH_PHONE) if len(fits) == 1 else None


def by_member(papers: Iterable[PaperLine], matches: Mapping[str, Match]) -> dict[str, list[PaperLine]]:
    """Each member's papers, of those that have a match."""
    found: dict[str, list[PaperLine]] = defaultdict(list)
    for paper in papers:
        if paper.paper_id in matches:
            found[matches[paper.paper_id].member_id].append(paper)
    return found
