"""Loaders: what a level of a query needs, for all its parents at once."""

from collections.abc import Sequence
from datetime import date

from servicekit.graphql import Context
from servicekit.storage.paging import Page
from servicekit.storage.work import restore

from registration.domain.agreements import Agreement
from registration.domain.consents import Consent, ConsentText
from registration.domain.divisions import Division
from registration.domain.grids import Grid
from registration.domain.groups import Group
from registration.domain.members import Member
from registration.domain.organs import Organ
from registration.domain.registrations import Registration
from registration.domain.squads import Squad
from registration.domain.units import Unit
from registration.storage import personal, reads
from registration.storage.collections import (
    AGREEMENTS,
    CONSENTS,
    DIVISIONS,
    GRIDS,
    GROUPS,
    MEMBERS,
    ORGANS,
    REGISTRATIONS,
    SQUADS,
    UNITS,
)


async def divisions(context: Context, codes: Sequence[str]) -> dict[str, Division]:
    return {one["_id"]: restore(Division, one) for one in await reads.by_id(context.database, DIVISIONS, codes)}


async def units(context: Context, ids: Sequence[str]) -> dict[str, Unit]:
    return {one["_id"]: restore(Unit, one) for one in await reads.by_id(context.database, UNITS, ids)}


async def members(context: Context, ids: Sequence[str]) -> dict[str, Member]:
    return {one["_id"]: restore(Member, one) for one in await reads.by_id(context.database, MEMBERS, ids)}


async def registrations(context: Context, ids: Sequence[str]) -> dict[str, Registration]:
    return {one["_id"]: restore(Registration, one) for one in await reads.by_id(context.database, REGISTRATIONS, ids)}


async def newest_registrations(context: Context, member_ids: Sequence[str]) -> dict[str, Registration]:
    """Each member's newest registration, by member."""
    found = await reads.registrations_of_members(context.database, member_ids)
    return {one["member_id"]: restore(Registration, one) for one in found}


async def agreements(context: Context, ids: Sequence[str]) -> dict[str, Agreement]:
    return {one["_id"]: restore(Agreement, one) for one in await reads.by_id(context.database, AGREEMENTS, ids)}


async def agreements_by_pair(context: Context, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Agreement]:
    found = await reads.agreements_by_pair(context.database, pairs)
    return {(one["unit_id"], one["community_code"]): restore(Agreement, one) for one in found}


async def grids(context: Context, ids: Sequence[str]) -> dict[str, Grid]:
    return {one["_id"]: restore(Grid, one) for one in await reads.by_id(context.database, GRIDS, ids)}


async def groups(context: Context, ids: Sequence[str]) -> dict[str, Group]:
    return {one["_id"]: restore(Group, one) for one in await reads.by_id(context.database, GROUPS, ids)}


async def squads(context: Context, ids: Sequence[str]) -> dict[str, Squad]:
    return {one["_id"]: restore(Squad, one) for one in await reads.by_id(context.database, SQUADS, ids)}


async def group_member_counts(context: Context, ids: Sequence[str]) -> dict[str, int]:
    return await reads.members_in_groups(context.database, ids)


async def organs(context: Context, ids: Sequence[str]) -> dict[str, Organ]:
    return {one["_id"]: restore(Organ, one) for one in await reads.by_id(context.database, ORGANS, ids)}


async def children(
    context: Context, codes: Sequence[str], first: int, after: str | None, as_of: date | None
) -> dict[str, Page]:
    return await reads.children_of(context.database, codes, first, after, as_of)


async def communities(
    context: Context, codes: Sequence[str], first: int, after: str | None, as_of: date | None
) -> dict[str, Page]:
    return await reads.communities_within(context.database, codes, first, after, as_of)


async def community_registrations(
    context: Context, codes: Sequence[str], first: int, after: str | None, status: str | None
) -> dict[str, Page]:
    return await reads.registrations_of_communities(context.database, codes, first, after, status)


async def community_grids(context: Context, codes: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.grids_of_communities(context.database, codes, first, after)


async def grid_groups(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.groups_of_grids(context.database, ids, first, after)


async def grid_squads(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.squads_of_grids(context.database, ids, first, after)


async def unit_members(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.members_of_units(context.database, ids, first, after)


async def unit_agreements(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.agreements_of_units(context.database, ids, first, after)


async def unit_rosters(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await reads.rosters_of_units(context.database, ids, first, after)


async def member_reveals(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await personal.reveals_of_members(context.database, list(ids), first, after)


async def member_corrections(context: Context, ids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await personal.corrections_of_members(context.database, list(ids), first, after)


async def consents(context: Context, member_ids: Sequence[str]) -> dict[str, Consent]:
    return {one["_id"]: restore(Consent, one) for one in await reads.by_id(context.database, CONSENTS, member_ids)}


async def consent_texts(context: Context, cities: Sequence[str]) -> dict[str, ConsentText]:
    """The version in force of each city."""
    found = {city: await personal.current_text(context.database, city) for city in cities}
    return {city: restore(ConsentText, one) for city, one in found.items() if one}
