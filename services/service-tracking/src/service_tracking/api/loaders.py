"""Lists and single things for many parents at once: one database query each, however many parents there are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from servicekit.domain import Aggregate
from servicekit.graphql import Context
from servicekit.storage.mongo import Document
from servicekit.storage.paging import Page, page_per_parent
from servicekit.storage.work import restore

from service_tracking.api.visible import visible
from service_tracking.domain.beneficiary import Beneficiary
from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.flags import Flag, Served, flags
from service_tracking.domain.follow_up import FollowUp
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus
from service_tracking.domain.policy import Policy
from service_tracking.domain.problem import Problem, ProblemStatus
from service_tracking.domain.project import Project
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.domain.rules import Rules
from service_tracking.domain.series import Series
from service_tracking.domain.support import Support
from service_tracking.domain.venue import Venue
from service_tracking.storage.collections import (
    BENEFICIARIES,
    CLAIMS,
    FOLLOW_UPS,
    OFFERS,
    POLICIES,
    PROBLEMS,
    PROJECTS,
    RECORDS,
    REVEALS,
    SERIES,
    SUPPORTS,
    VENUES,
)
from service_tracking.storage.policies import policies_over
from service_tracking.storage.queues import Spot, positions, waiting_for
from service_tracking.storage.served import missed_among, served_around

A = TypeVar("A", bound=Aggregate)
Status = ClaimStatus | RecordStatus | OfferStatus

CLAIM, RECORD, FOLLOW_UP, PROBLEM = "Claim", "ServiceRecord", "FollowUp", "Problem"


async def offers_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Offer]:
    return await _by_id(context, Offer, OFFERS, ids, {})


async def series_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Series]:
    return await _by_id(context, Series, SERIES, ids, {})


async def waiting_for_offers(context: Context, ids: Sequence[str]) -> Mapping[str, int]:
    return dict.fromkeys(ids, 0) | await waiting_for(context.database, ids)


async def positions_of_spots(context: Context, spots: Sequence[Spot]) -> Mapping[Spot, int]:
    return await positions(context.database, spots)


async def claims_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Claim]:
    """Those that the principal may see."""
    return await _by_id(context, Claim, CLAIMS, ids, visible(context, CLAIM))


async def records_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, ServiceRecord]:
    """Those that the principal may see."""
    return await _by_id(context, ServiceRecord, RECORDS, ids, visible(context, RECORD))


async def problems_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Problem]:
    """Those that the principal may see."""
    return await _by_id(context, Problem, PROBLEMS, ids, visible(context, PROBLEM))


async def problems_per_parent(
    context: Context, parents: Sequence[str], field: str, status: ProblemStatus | None, first: int, after: str | None
) -> Mapping[str, Page]:
    """`field`: member_id or community. Those that the principal may see."""
    match = {"$and": [{"status": _any_of(status, ProblemStatus)}, visible(context, PROBLEM)]}
    return await page_per_parent(context.database[PROBLEMS], field, parents, first=first, after=after, match=match)


async def projects_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Project]:
    return await _by_id(context, Project, PROJECTS, ids, {})


async def supports_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Support]:
    return await _by_id(context, Support, SUPPORTS, ids, {})


async def reversals_of_supports(context: Context, ids: Sequence[str]) -> Mapping[str, str]:
    """The entry that took each back, where one did."""
    found = context.database[SUPPORTS].find({"reverses": {"$in": list(ids)}}, {"reverses": 1})
    return {one["reverses"]: one["_id"] async for one in found}


async def venues_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Venue]:
    return await _by_id(context, Venue, VENUES, ids, {})


async def beneficiaries_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Beneficiary]:
    return await _by_id(context, Beneficiary, BENEFICIARIES, ids, {})


async def reveals_per_parent(
    context: Context, parents: Sequence[str], field: str, first: int, after: str | None
) -> Mapping[str, Page]:
    """`field`: offer_id or community."""
    return await page_per_parent(context.database[REVEALS], field, parents, first=first, after=after)


async def open_per_parent(
    context: Context,
    parents: Sequence[str],
    collection: str,
    field: str,
    any_of: tuple[tuple[str, tuple[str, ...]], ...],
    first: int,
    after: str | None,
) -> Mapping[str, Page]:
    """What everybody signed in may see; `any_of` are fields and the values that will do."""
    match = {name: {"$in": list(values)} for name, values in any_of}
    return await page_per_parent(context.database[collection], field, parents, first=first, after=after, match=match)


async def flags_of_records(context: Context, records: Sequence[Served]) -> Mapping[Served, list[Flag]]:
    served = await served_around(context.database, [(one.member_id, one.served_on) for one in records])
    missed = await missed_among(context.database, [one.claim_id for one in records])
    return {one: flags(one, served, missed) for one in records}


async def policies_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, Policy]:
    return await _by_id(context, Policy, POLICIES, ids, {})


async def rules_of_communities(context: Context, codes: Sequence[str], day: date) -> Mapping[str, Rules]:
    policies = await policies_over(context.database, codes)
    return {code: policies.rules(code, day) for code in codes}


async def follow_ups_by_id(context: Context, ids: Sequence[str]) -> Mapping[str, FollowUp]:
    """Those that the principal may see."""
    return await _by_id(context, FollowUp, FOLLOW_UPS, ids, visible(context, FOLLOW_UP))


async def follow_ups_per_parent(
    context: Context, parents: Sequence[str], field: str, first: int, after: str | None
) -> Mapping[str, Page]:
    """`field`: claim_id or offer_id. Those that the principal may see."""
    match = visible(context, FOLLOW_UP)
    return await page_per_parent(context.database[FOLLOW_UPS], field, parents, first=first, after=after, match=match)


async def activities_of_units(
    context: Context, units: Sequence[str], status: OfferStatus | None, first: int, after: str | None
) -> Mapping[str, Page]:
    match = {"status": _any_of(status, OfferStatus)}
    return await page_per_parent(context.database[OFFERS], "unit_id", units, first=first, after=after, match=match)


async def offers_of_communities(
    context: Context,
    codes: Sequence[str],
    kind: OfferKind | None,
    status: OfferStatus | None,
    first: int,
    after: str | None,
) -> Mapping[str, Page]:
    match = {"status": _any_of(status, OfferStatus), "kind": _any_of(kind, OfferKind)}
    return await page_per_parent(context.database[OFFERS], "community", codes, first=first, after=after, match=match)


async def claims_per_parent(
    context: Context, parents: Sequence[str], field: str, status: ClaimStatus | None, first: int, after: str | None
) -> Mapping[str, Page]:
    """`field`: member_id, offer_id or community. Those that the principal may see."""
    match = {"$and": [{"status": _any_of(status, ClaimStatus)}, visible(context, CLAIM)]}
    return await page_per_parent(context.database[CLAIMS], field, parents, first=first, after=after, match=match)


async def records_per_parent(
    context: Context, parents: Sequence[str], field: str, status: RecordStatus | None, first: int, after: str | None
) -> Mapping[str, Page]:
    """`field`: member_id or community. Those that the principal may see."""
    match = {"$and": [{"status": _any_of(status, RecordStatus)}, visible(context, RECORD)]}
    return await page_per_parent(context.database[RECORDS], field, parents, first=first, after=after, match=match)


async def _by_id(
    context: Context, kind: type[A], collection: str, ids: Sequence[str], match: Document
) -> Mapping[str, A]:
    found = context.database[collection].find({"_id": {"$in": list(ids)}, **match})
    return {document["_id"]: restore(kind, document) async for document in found}


def _any_of(value: Any, values: Callable[..., Any]) -> Any:
    # All values, rather than no condition, so that the index's order by _id can be used.
    return value if value is not None else {"$in": list(values)}  # type: ignore[call-overload]
