"""Reconcile the rosters of a scope with platform and communities, as of a day, and keep the outcome."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.security.policy import division_prefix
from servicekit.security.vault import Vault
from servicekit.storage.commands import Runs
from servicekit.storage.mongo import Database

from registration.domain.divisions import Level, lane_of, level_of
from registration.domain.matching import Held
from registration.domain.members import Member
from registration.domain.reconciliations import Reconciliation, Scope
from registration.domain.reconciling import PlatformLine, ReconciledLine, RosterLine, not_on_roster, reconcile
from registration.domain.registrations import Registration
from registration.storage import reconciling as read
from registration.use_cases.batches import Permit
from registration.use_cases.keep_reconciliation import (
    Reconcile,
    begin_reconciliation,
    finish_reconciliation,
    keep_lines,
)
from registration.use_cases.match_scope import Whose, match_scope


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
