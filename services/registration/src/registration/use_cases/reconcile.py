"""Reconcile the rosters of a scope with platform and communities, as of a day, and keep the outcome."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import InvalidInput, new_id
from servicekit.security import Target
from servicekit.security.policy import division_prefix
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Document
from servicekit.storage.work import Work

from registration.domain.calendar import city_date, past_date
from registration.domain.divisions import Level, lane_of, level_of, parse_code
from registration.domain.likeness import Candidates, PersonTraits
from registration.domain.members import Member
from registration.domain.papers import Paper, PaperPerson
from registration.domain.reconciliations import Reconciliation, Scope
from registration.domain.reconciling import (
    Match,
    PaperLine,
    PersonKeys,
    PlatformLine,
    ReconciledLine,
    RosterLine,
    counted,
    match_papers,
    reconcile,
)
from registration.domain.registrations import Registration
from registration.domain.units import Unit, no_such_unit
from registration.storage import reconciling as read
from registration.storage.collections import RECONCILED_LINES, RECONCILIATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.review_roster import open_personal_data


@dataclass(frozen=True, slots=True)
class Reconcile:
    """`remind_every_days`: remind the units of whoever is left, today and again, until a newer one of the scope."""

    scope: Scope
    as_of: date | None = None
    remind_every_days: int | None = None


@dataclass(slots=True)
class _Lists:
    """The three lists of a scope; `known` are all members that play a part, by id."""

    roster: list[RosterLine]
    platform: list[PlatformLine]
    papers: Sequence[Paper]
    departed: dict[str, str]
    known: dict[str, Member]
    matches: dict[str, Match]
    candidates: dict[str, list[Document]]
    moved: dict[tuple[str, str], str]
    """Where a member's registration had gone to by that day, by member and the community that it went from."""


async def reconcile_scope(work: Work, command: Reconcile, vault: Vault, permit: Permit) -> Reconciliation:
    """Refused: NotFound (the unit), InvalidInput (not one scope, or a day to come)."""
    scope = _checked(command.scope)
    _check_period(command.remind_every_days)
    unit = await _unit(work, scope)
    place = unit.division if unit else str(scope.division)
    line = unit.line if unit else scope.line
    permit(Target(division=place, unit=scope.unit, line=line))
    on = past_date(command.as_of, work.now, path="as_of")
    lists = await _read(work, scope, place, on, vault)
    shown = [_followed(_paper_line(one), lists) for one in lists.papers]
    lines = await asyncio.to_thread(reconcile, lists.roster, lists.platform, shown, lists.matches, lists.departed)
    made = Reconciliation(
        id=new_id(),
        lane=lane_of(place),
        scope=scope,
        place=place,
        unit_line=line,
        as_of=on,
        made_at=work.now,
        made_by=work.actor.subject,
        counts=counted(lines),
        remind_every_days=command.remind_every_days,
        remind_on=city_date(work.now) if command.remind_every_days else None,
    )
    made.record("reconciliation-made")
    work.save(RECONCILIATIONS, made)
    if lines:
        units = await work.load(Unit, UNITS, {line.unit_id for line in lines if line.unit_id})
        documents = [_document(made, number, line, units, lists) for number, line in enumerate(lines)]
        await work.collection(RECONCILED_LINES).insert_many(documents, ordered=False)
    return made


def _checked(scope: Scope) -> Scope:
    if (scope.unit is None) == (scope.division is None) or (scope.unit is not None and scope.line):
        raise InvalidInput(
            path="unit",
            reason_zh="须给出单位,或给出区划(可限定条线)",
            reason_en="give a unit, or a division (and a line within it)",
        )
    return scope.model_copy(update={"division": parse_code(scope.division, "division")}) if scope.division else scope


def _check_period(days: int | None) -> None:
    if days is not None and not 1 <= days <= 366:
        raise InvalidInput(
            path="remind_every_days", reason_zh="应为 1 至 366 天", reason_en="it is between 1 and 366 days"
        )


async def _unit(work: Work, scope: Scope) -> Unit | None:
    if scope.unit is None:
        return None
    unit = (await work.load(Unit, UNITS, [scope.unit])).get(scope.unit)
    if unit is None:
        raise no_such_unit(scope.unit, path="unit")
    return unit


async def _read(work: Work, scope: Scope, place: str, on: date, vault: Vault) -> _Lists:
    database = work.database
    on_roster, departed = await _people(work, scope, on)
    known = await read.members_by_id(database, [*on_roster, *departed])
    living = _community(scope)
    if living:
        on_roster = {one: unit for one, unit in on_roster.items() if known[one].residence_on(on) == living}
        departed = {one: unit for one, unit in departed.items() if known[one].residence_on(on) == living}
    departed = {one: unit for one, unit in departed.items() if not _elsewhere(known[one], unit, on)}
    registrations = await read.registrations_of(database, [*on_roster, *departed])
    platform = [
        PlatformLine(one.id, one.member_id, one.community_on(on), standing)
        for one in registrations
        if (standing := one.standing_on(on)) is not None
    ]
    roster = [
        RosterLine(one, unit, known[one].id_index, known[one].residence_on(on)) for one, unit in on_roster.items()
    ]
    lists = _Lists(roster, platform, [], departed, known, {}, {}, _moved(registrations, on))
    # A unit's people live all over its county; the city's code is the beginning of all of its counties' codes.
    within = division_prefix(lane_of(place) if scope.unit else place)
    await _match(work, scope, lists, await read.papers_within(database, within, on), vault)
    return lists


async def _people(work: Work, scope: Scope, on: date) -> tuple[dict[str, str], dict[str, str]]:
    """Those on the rosters of the scope that day and those who left them, with their units."""
    living = _community(scope)
    if living is None:
        return await read.rosters_on(work.database, await read.units_of(work.database, scope), on)
    members = await read.members_by_id(work.database, await read.members_living_in(work.database, living))
    of_units = {one.unit_id for one in members.values() if scope.line in (None, one.line)}
    on_roster, departed = await read.rosters_on(work.database, of_units, on)
    return (
        {one: unit for one, unit in on_roster.items() if one in members},
        {one: unit for one, unit in departed.items() if one in members},
    )


def _community(scope: Scope) -> str | None:
    return scope.division if scope.division and level_of(scope.division) is Level.COMMUNITY else None


def _elsewhere(member: Member, unit: str, on: date) -> bool:
    """Whether somebody who left this unit was on another one's roster that day."""
    return member.unit_id != unit and member.joined_on <= on and (member.left_on is None or on < member.left_on)


async def _match(work: Work, scope: Scope, lists: _Lists, papers: Sequence[Paper], vault: Vault) -> None:
    """Find whose the papers are. Within a unit's or line's scope those of others are left out."""
    people = {paper.id: PaperPerson.model_validate_json(vault.open(paper.sealed, paper.id)) for paper in papers}
    lines = [_paper_line(paper)._replace(person_key=people[paper.id].traits.key) for paper in papers]
    # Opening everybody's data takes longest: only where a paper has no ID number to be found by.
    by_person = any(line.id_index is None and line.member_id is None for line in lines)
    traits = await asyncio.to_thread(_traits, lists.known, vault) if by_person else {}
    lists.matches = match_papers(lines, _keys(lists.known, traits))
    unknown = {paper.id_index for paper in papers if paper.id_index and paper.id not in lists.matches}
    elsewhere = await read.members_by_index(work.database, unknown)
    whole = scope.unit is None and scope.line is None
    lists.papers = [
        paper for paper in papers if paper.id in lists.matches or (whole and paper.id_index not in elsewhere)
    ]
    strangers = {paper.id: people[paper.id].traits for paper in lists.papers if paper.id not in lists.matches}
    if strangers:
        traits = traits or await asyncio.to_thread(_traits, lists.known, vault)
        lists.candidates = await asyncio.to_thread(_candidates, strangers, traits)


def _keys(known: Mapping[str, Member], traits: Mapping[str, PersonTraits]) -> Iterator[PersonKeys]:
    return (PersonKeys(one.id, one.id_index, traits[one.id].key if traits else None) for one in known.values())


def _traits(known: Mapping[str, Member], vault: Vault) -> dict[str, PersonTraits]:
    found = {}
    for member in known.values():
        data = open_personal_data(vault, member)
        found[member.id] = PersonTraits(data.name, data.id_number[6:12], data.phone)
    return found


def _candidates(strangers: Mapping[str, PersonTraits], known: Mapping[str, PersonTraits]) -> dict[str, list[Document]]:
    among = Candidates(known.items())
    return {
        paper: [{"member_id": one.member_id, "score": one.score} for one in among.of(traits)]
        for paper, traits in strangers.items()
    }


def _paper_line(paper: Paper) -> PaperLine:
    return PaperLine(paper.id, paper.community_code, paper.id_index, None, paper.member_id)


def _moved(registrations: Iterable[Registration], on: date) -> dict[tuple[str, str], str]:
    return {
        (one.member_id, earlier.community_code): one.community_on(on)
        for one in registrations
        for earlier in one.earlier_communities
        if earlier.until <= on
    }


def _followed(paper: PaperLine, lists: _Lists) -> PaperLine:
    """A paper that was handed in where communities were merged or split is with the registration, not elsewhere."""
    match = lists.matches.get(paper.paper_id)
    community = lists.moved.get((match.member_id, paper.community)) if match else None
    return paper._replace(community=community) if community else paper


def _document(
    made: Reconciliation, number: int, line: ReconciledLine, units: Mapping[str, Unit], lists: _Lists
) -> Document:
    unit = units.get(line.unit_id or "")
    return {
        "_id": f"{made.id}:{number:07d}",
        "reconciliation_id": made.id,
        "status": line.status.value,
        "member_id": line.member_id,
        "unit_id": line.unit_id,
        "division": unit.division if unit else made.place,
        "line": unit.line if unit else None,
        "place": made.place,
        "registration_id": line.registration_id,
        "community": line.community,
        "papers": list(line.papers),
        "tier": line.tier and line.tier.value,
        "candidates": _of_papers(line.papers, lists.candidates),
    }


def _of_papers(papers: Iterable[str], candidates: Mapping[str, list[Document]]) -> list[Document]:
    return [one for paper in papers for one in candidates.get(paper, [])]
