"""Reconciliation: unit x platform x community. Every roster line comes out in exactly one status.

Three lists meet: the rosters of the units, the registrations on the platform, and the papers that communities hold.
Nothing is sorted and nobody compared with anybody: each list is walked once. People don't depend on each other, so
they may come in parts, each with its own registrations and papers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from registration.domain.matching import Held, MatchTier, PaperLine


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


class Standing(StrEnum):
    """How far a registration had come on the day asked about."""

    SUBMITTED = "SUBMITTED"
    CERTIFIED = "CERTIFIED"
    COMPLETED = "COMPLETED"


class RosterLine(NamedTuple):
    """A member on a unit's roster. `residence` is the community where the member belongs, if known."""

    member_id: str
    unit_id: str
    residence: str | None


class PlatformLine(NamedTuple):
    """A registration in force on the day asked about."""

    registration_id: str
    member_id: str
    community: str
    standing: Standing


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


def reconcile(
    roster: Iterable[RosterLine],
    platform: Iterable[PlatformLine],
    held: Mapping[str, Sequence[Held]],
    departed: Mapping[str, str],
) -> list[ReconciledLine]:
    """One line for each member of the roster, in its order, then those who left it and are still somewhere.

    Of a member's registrations the last one counts. `held` are papers and `departed` the units of people who left, by
    member. A registration or paper of somebody who is neither on the roster nor departed belongs to another scope and
    is passed over.
    """
    registrations: dict[str, list[PlatformLine]] = defaultdict(list)
    for one in platform:
        registrations[one.member_id].append(one)
    people = {line.member_id: line for line in roster}
    lines = [_on_roster(line, registrations.get(one, ()), held.get(one, ())) for one, line in people.items()]
    lines.extend(
        _line(ReconciliationStatus.LEFT_BUT_REGISTERED, one, unit, registrations.get(one, ()), held.get(one, ()))
        for one, unit in departed.items()
        if one not in people and (one in registrations or one in held)
    )
    return lines


def not_on_roster(strangers: Iterable[PaperLine]) -> list[ReconciledLine]:
    """The lines of papers whose persons nobody knows."""
    return [
        ReconciledLine(ReconciliationStatus.NOT_ON_ROSTER, None, community=one.community, papers=(one.paper_id,))
        for one in strangers
    ]


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
        tier=held[0].tier if held else None,
    )
