"""Reconciliation: unit x platform x community. Every roster line comes out in exactly one status.

Three lists meet: the rosters of the units, the registrations on the platform, and the papers that communities hold.
Time and memory are linear in the number of lines.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class ReconciliationStatus(StrEnum):
    NOT_REGISTERED = "NOT_REGISTERED"
    SUBMITTED_ONLY = "SUBMITTED_ONLY"
    CERTIFICATE_NOT_PRESENTED = "CERTIFICATE_NOT_PRESENTED"
    COMPLETED = "COMPLETED"
    WRONG_PLACE = "WRONG_PLACE"
    DUPLICATE = "DUPLICATE"
    NOT_ON_ROSTER = "NOT_ON_ROSTER"
    LEFT_BUT_REGISTERED = "LEFT_BUT_REGISTERED"


OFF_ROSTER = (ReconciliationStatus.NOT_ON_ROSTER, ReconciliationStatus.LEFT_BUT_REGISTERED)


class MatchTier(StrEnum):
    """How a community's paper found its person."""

    ID_NUMBER = "ID_NUMBER"
    NAME_BIRTH_PHONE = "NAME_BIRTH_PHONE"
    DECIDED = "DECIDED"


class Standing(StrEnum):
    """How far a registration had come on the day asked about."""

    SUBMITTED = "SUBMITTED"
    CERTIFIED = "CERTIFIED"
    COMPLETED = "COMPLETED"


class RosterLine(NamedTuple):
    """A member on a unit's roster. `residence` is the community where the member belongs, if known."""

    member_id: str
    unit_id: str
    id_index: str
    residence: str | None


class PlatformLine(NamedTuple):
    """A registration in force on the day asked about."""

    registration_id: str
    member_id: str
    community: str
    standing: Standing


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
    id_index: str
    person_key: str | None


class Match(NamedTuple):
    member_id: str
    tier: MatchTier


@dataclass(slots=True)
class ReconciledLine:
    """One line of the outcome; `member_id` is None where a paper's person is on no roster."""

    status: ReconciliationStatus
    member_id: str | None
    unit_id: str | None = None
    registration_id: str | None = None
    community: str | None = None
    papers: tuple[str, ...] = ()
    tier: MatchTier | None = None


def match_papers(papers: Sequence[PaperLine], people: Iterable[PersonKeys]) -> dict[str, Match]:
    """Who each paper belongs to: as decided; else by ID number; else by the person key where it fits one alone."""
    # The tables hold what the papers ask for: with everybody in them they would outgrow the processor's caches.
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


def reconcile(
    roster: Iterable[RosterLine],
    platform: Iterable[PlatformLine],
    papers: Sequence[PaperLine],
    matches: Mapping[str, Match],
    departed: Mapping[str, str],
) -> list[ReconciledLine]:
    """One line for each member of the roster, by member id, then those off it.

    `departed` are the units of people who left, by member. A registration or paper of somebody who is neither on the
    roster nor departed belongs to another scope and is passed over; a paper without a match is NOT_ON_ROSTER.
    """
    strangers = [paper for paper in papers if paper.paper_id not in matches]
    held = [Held(matches[paper.paper_id], paper) for paper in papers if paper.paper_id in matches]
    registrations = _Cursor(sorted(platform, key=_member_of_registration), _member_of_registration)
    at_hand = _Cursor(sorted(held, key=_member_of_paper), _member_of_paper)
    # Sorted lists walked side by side: neighbours in memory, where look-ups in ever larger tables would not be.
    people = _distinct(sorted(roster, key=_member_of_line))
    gone = sorted(departed.keys() - {line.member_id for line in people} if departed else ())
    lines = [_on_roster(line, registrations.of(line.member_id), at_hand.of(line.member_id)) for line in people]
    registrations.rewind()
    at_hand.rewind()
    for member in gone:
        theirs, papers_left = registrations.of(member), at_hand.of(member)
        if theirs or papers_left:
            status = ReconciliationStatus.LEFT_BUT_REGISTERED
            lines.append(_line(status, member, departed[member], theirs, papers_left))
    lines.extend(
        ReconciledLine(ReconciliationStatus.NOT_ON_ROSTER, None, community=one.community, papers=(one.paper_id,))
        for one in strangers
    )
    return lines


def _distinct(people: list[RosterLine]) -> list[RosterLine]:
    """The first line of each member, of a sorted list."""
    return [one for before, one in zip([None, *people], people, strict=False) if not before or before[0] != one[0]]


class Held(NamedTuple):
    """A paper and whose it is."""

    match: Match
    paper: PaperLine


class _Cursor(Generic[T]):
    """Walks a sorted list forward: the items of one member after the other, asked for in ascending order."""

    def __init__(self, items: list[T], member_of: Callable[[T], str]) -> None:
        self._items, self._member_of, self._at = items, member_of, 0

    def rewind(self) -> None:
        self._at = 0

    def of(self, member: str) -> Sequence[T]:
        items, member_of, at = self._items, self._member_of, self._at
        while at < len(items) and member_of(items[at]) < member:
            at += 1
        start = at
        while at < len(items) and member_of(items[at]) == member:
            at += 1
        self._at = at
        return items[start:at] if at > start else ()


def _member_of_line(one: RosterLine) -> str:
    return one.member_id


def _member_of_registration(one: PlatformLine) -> str:
    return one.member_id


def _member_of_paper(one: Held) -> str:
    return one.match.member_id


def counted(lines: Iterable[ReconciledLine]) -> dict[ReconciliationStatus, int]:
    """How many lines each of the eight statuses has."""
    found = Counter(line.status for line in lines)
    return {status: found[status] for status in ReconciliationStatus}


def _on_roster(line: RosterLine, registrations: Sequence[PlatformLine], held: Sequence[Held]) -> ReconciledLine:
    if len(registrations) == 1 and not held and registrations[0].standing is Standing.COMPLETED:
        status = _completed_at(line, registrations[0].community)
    else:
        status = _status(line, registrations, {one.paper.community for one in held})
    return _line(status, line.member_id, line.unit_id, registrations, held)


def _completed_at(line: RosterLine, community: str) -> ReconciliationStatus:
    wrong = line.residence is not None and line.residence != community
    return ReconciliationStatus.WRONG_PLACE if wrong else ReconciliationStatus.COMPLETED


def _status(line: RosterLine, registrations: Sequence[PlatformLine], paper_places: set[str]) -> ReconciliationStatus:
    completed = [one.community for one in registrations if one.standing is Standing.COMPLETED]
    if len(completed) > 1 or len(paper_places.union(completed)) > 1:
        return ReconciliationStatus.DUPLICATE
    if completed:
        return _completed_at(line, completed[0])
    if not registrations:
        return ReconciliationStatus.NOT_REGISTERED
    newest = registrations[-1]
    if paper_places and newest.community not in paper_places:
        return ReconciliationStatus.WRONG_PLACE
    if newest.standing is Standing.CERTIFIED:
        return ReconciliationStatus.CERTIFICATE_NOT_PRESENTED
    return ReconciliationStatus.SUBMITTED_ONLY


def _line(
    status: ReconciliationStatus,
    member_id: str,
    unit_id: str,
    registrations: Sequence[PlatformLine],
    held: Sequence[Held],
) -> ReconciledLine:
    newest = registrations[-1] if registrations else None
    return ReconciledLine(
        status,
        member_id,
        unit_id,
        registration_id=newest.registration_id if newest else None,
        community=newest.community if newest else (held[0].paper.community if held else None),
        papers=tuple([one.paper.paper_id for one in held]) if held else (),
        tier=held[0].match.tier if held else None,
    )
