"""Reconcile the rosters of a scope with platform and communities, as of a day, and keep the outcome."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from servicekit.domain import InvalidInput, new_id
from servicekit.security import Target
from servicekit.security.policy import division_prefix
from servicekit.security.vault import Vault
from servicekit.storage.commands import Runs
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from registration.domain.calendar import city_date, past_date
from registration.domain.divisions import Level, lane_of, level_of, parse_code
from registration.domain.matching import Held
from registration.domain.members import Member
from registration.domain.reconciliations import Reconciliation, Scope, no_such_reconciliation
from registration.domain.reconciling import PlatformLine, ReconciledLine, RosterLine, counted, not_on_roster, reconcile
from registration.domain.registrations import Registration
from registration.domain.units import Unit, no_such_unit
from registration.storage import reconciling as read
from registration.storage.collections import BEGUN_RECONCILIATIONS, RECONCILED_LINES, RECONCILIATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.match_scope import Whose, match_scope

_LINES_AT_ONCE = 5_000
GIVEN_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """`remind_every_days`: remind the units of whoever is left, today and again, until a newer one of the scope."""

    scope: Scope
    as_of: date | None = None
    remind_every_days: int | None = None


@dataclass(frozen=True, slots=True)
class _People:
    """Whom a scope is about: the units of those on its rosters that day, and of those who had left them, by member.

    Of a community's scope only who lived there counts: `living` is its code.
    """

    on_roster: Mapping[str, str]
    departed: Mapping[str, str]
    living: str | None

    @property
    def all(self) -> list[str]:
        return [*self.on_roster, *self.departed]


async def reconcile_scope(
    database: Database, run: Runs, command: Reconcile, vault: Vault, permit: Permit
) -> Reconciliation:
    """Refused: NotFound (the unit), InvalidInput (not one scope, or a day to come).

    People come a few thousand at a time, and their lines in a transaction each, so that no scope is too large to hold,
    or for one transaction. Nobody sees lines whose reconciliation is not there, and that comes last.
    """
    made = await run(begin_reconciliation, command, permit)
    people = await _people(database, made.scope, made.as_of)
    whose = await _whose(database, made, people, vault)
    for some in read.chunks(people.all):
        await _keep(run, made, await _reconciled(database, some, people, whose, made.as_of), whose)
    for lines in read.chunks(not_on_roster(whose.strangers)):
        await _keep(run, made, lines, whose)
    return await run(finish_reconciliation, made)


async def begin_reconciliation(work: Work, command: Reconcile, permit: Permit) -> Reconciliation:
    """Check what is asked for, and note that lines of it may come to be."""
    scope = _checked(command.scope)
    _check_period(command.remind_every_days)
    unit = await _unit(work, scope)
    place = unit.division if unit else str(scope.division)
    line = unit.line if unit else scope.line
    permit(Target(division=place, unit=scope.unit, line=line))
    begun = Reconciliation(
        id=new_id(),
        lane=lane_of(place),
        scope=scope,
        place=place,
        unit_line=line,
        as_of=past_date(command.as_of, work.now, path="as_of"),
        made_at=work.now,
        made_by=work.actor.subject,
        counts=counted([]),
        remind_every_days=command.remind_every_days,
        remind_on=city_date(work.now) if command.remind_every_days else None,
    )
    await work.collection(BEGUN_RECONCILIATIONS).insert_one({"_id": begun.id, "begun_at": work.now})
    return begun


async def keep_lines(work: Work, made: Reconciliation, lines: Sequence[ReconciledLine], whose: Whose) -> None:
    """Refused: NotFound, if it was given up because it took so long. Counting the parts conflicts with giving it up."""
    going_on = {"_id": made.id, "given_up": None}
    if not (await work.collection(BEGUN_RECONCILIATIONS).update_one(going_on, {"$inc": {"parts": 1}})).matched_count:
        raise no_such_reconciliation(made.id)
    units = await work.load(Unit, UNITS, {line.unit_id for line in lines if line.unit_id})
    documents = [
        _document(made, number, line, units, whose) for number, line in enumerate(lines, sum(made.counts.values()))
    ]
    await work.collection(RECONCILED_LINES).insert_many(documents, ordered=False)


async def finish_reconciliation(work: Work, made: Reconciliation) -> Reconciliation:
    """All of its lines are there: now it is, too. Refused: NotFound, if it was given up because it took so long."""
    begun = await work.collection(BEGUN_RECONCILIATIONS).delete_one({"_id": made.id, "given_up": None})
    if not begun.deleted_count:
        raise no_such_reconciliation(made.id)
    finished = made.model_copy(deep=True)
    finished.record("reconciliation-made")
    work.save(RECONCILIATIONS, finished)
    return finished


async def give_up_reconciliations(work: Work) -> int:
    """Delete some lines of one that was broken off a day ago; 0 when there is none."""
    begun = work.collection(BEGUN_RECONCILIATIONS)
    broken_off = {"begun_at": {"$lt": work.now - GIVEN_UP_AFTER}}
    old = await begun.find_one_and_update(broken_off, {"$set": {"given_up": True}})
    if old is None:
        return 0
    lines = work.collection(RECONCILED_LINES)
    some = await lines.find({"reconciliation_id": old["_id"]}, {"_id": 1}).limit(_LINES_AT_ONCE).to_list()
    if some:
        await lines.delete_many({"_id": {"$in": [one["_id"] for one in some]}})
    else:
        await begun.delete_one({"_id": old["_id"]})
    return 1


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


async def _whose(database: Database, made: Reconciliation, people: _People, vault: Vault) -> Whose:
    # A unit's people live all over its county; the city's code is the beginning of all of its counties' codes.
    within = division_prefix(lane_of(made.place) if made.scope.unit else made.place)
    papers = await read.papers_within(database, within, made.as_of)
    whole = made.scope.unit is None and made.scope.line is None
    return await match_scope(database, papers, set(people.all), vault, whole=whole)


async def _reconciled(
    database: Database, some: Sequence[str], people: _People, whose: Whose, on: date
) -> list[ReconciledLine]:
    known = await read.members_by_id(database, some)
    if people.living:
        known = {one: member for one, member in known.items() if member.residence_on(on) == people.living}
    registrations = await read.registrations_of(database, known)
    roster = [
        RosterLine(one, people.on_roster[one], known[one].residence_on(on))
        for one in some
        if one in known and one in people.on_roster
    ]
    departed = {
        one: people.departed[one]
        for one in some
        if one in known and one in people.departed and not _elsewhere(known[one], people.departed[one], on)
    }
    platform = [
        PlatformLine(one.id, one.member_id, one.community_on(on), standing)
        for one in registrations
        if (standing := one.standing_on(on)) is not None
    ]
    moved = _moved(registrations, on)
    held = {one: [_followed(each, one, moved) for each in whose.held[one]] for one in some if one in whose.held}
    return await asyncio.to_thread(reconcile, roster, platform, held, departed)


async def _keep(run: Runs, made: Reconciliation, lines: Sequence[ReconciledLine], whose: Whose) -> None:
    if lines:
        await run(keep_lines, made, lines, whose)
        made.count(lines)


async def _people(database: Database, scope: Scope, on: date) -> _People:
    living = _community(scope)
    if living is None:
        return _People(*await read.rosters_on(database, await read.units_of(database, scope), on), None)
    members = set(await read.members_ever_living_in(database, living))
    units = await read.units_that_ever_had(database, members, scope.line)
    on_roster, departed = await read.rosters_on(database, units, on)
    return _People(
        {one: unit for one, unit in on_roster.items() if one in members},
        {one: unit for one, unit in departed.items() if one in members},
        living,
    )


def _community(scope: Scope) -> str | None:
    return scope.division if scope.division and level_of(scope.division) is Level.COMMUNITY else None


def _elsewhere(member: Member, unit: str, on: date) -> bool:
    """Whether somebody who left this unit was on another one's roster that day."""
    return member.unit_id != unit and member.joined_on <= on and (member.left_on is None or on < member.left_on)


def _moved(registrations: Iterable[Registration], on: date) -> dict[tuple[str, str], str]:
    """Where a registration had gone to by that day, by its member and the community that it went from."""
    return {
        (one.member_id, earlier.community_code): one.community_on(on)
        for one in registrations
        for earlier in one.earlier_communities
        if earlier.until <= on
    }


def _followed(held: Held, member: str, moved: Mapping[tuple[str, str], str]) -> Held:
    """A paper that was handed in where communities were merged or split is with the registration, not elsewhere."""
    community = moved.get((member, held.paper.community))
    return held._replace(paper=held.paper._replace(community=community)) if community else held


def _document(
    made: Reconciliation, number: int, line: ReconciledLine, units: Mapping[str, Unit], whose: Whose
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
        "candidates": [each for paper in line.papers for each in whose.candidates.get(paper, [])],
    }
