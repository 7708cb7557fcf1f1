"""What the things named by a mutation belong to, read in one query a kind, so that the policy can be asked.

A refusal stands where a thing does not exist: there is nothing to permit.
"""

from collections.abc import Callable, Iterable, Sequence

from servicekit.domain import NotFound, NotPermitted, Refusal
from servicekit.graphql import Context
from servicekit.security import Target
from servicekit.storage.mongo import Document

from service_tracking.domain.refusals import MemberNotRegistered
from service_tracking.domain.service import Provenance
from service_tracking.storage.collections import (
    CLAIMS,
    OFFERS,
    POLICIES,
    PROBLEMS,
    PROJECTS,
    RECORDS,
    REGISTRATIONS,
    SAMPLED,
    SERIES,
    SUPPORTS,
    VENUES,
)
from service_tracking.storage.registrations import COMPLETED
from service_tracking.use_cases.claim_offers import ClaimOffer
from service_tracking.use_cases.report_problems import ReportProblem
from service_tracking.use_cases.submit_records import SubmitRecord

Targets = Sequence[Target | Refusal]
# Who vouches for a service must be somebody who could confirm it.
VOUCH = "Mutation.confirmRecords"


async def of_offers(context: Context, ids: Sequence[str], *, path: str = "offer_id") -> Targets:
    return await _of(context, OFFERS, ids, path=path, what_zh="事项", what_en="offer")


async def of_series(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, SERIES, ids, path="id", what_zh="周期岗位", what_en="recurring post")


async def of_activities(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, OFFERS, ids, path="activity_id", what_zh="活动", what_en="activity")


async def of_claims(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, CLAIMS, ids, path="claim_id", what_zh="认领", what_en="claim")


async def of_records(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, RECORDS, ids, path="record_id", what_zh="服务记录", what_en="service record")


async def of_confirmed_records(context: Context, ids: Sequence[str]) -> Targets:
    """Who may confirm: where it was served, and the unit whose activity it was, which need not be the member's."""
    found = context.database[RECORDS].find({"_id": {"$in": list(set(ids))}}, {"community": 1, "offer_id": 1})
    kept = {one["_id"]: one async for one in found}
    offers = sorted({one["offer_id"] for one in kept.values() if one["offer_id"]})
    held = context.database[OFFERS].find({"_id": {"$in": offers}}, {"unit_id": 1}) if offers else None
    organisers = {one["_id"]: one["unit_id"] async for one in held} if held else {}
    targets = {id: Target(division=one["community"], unit=organisers.get(one["offer_id"])) for id, one in kept.items()}
    return [
        targets.get(id) or NotFound(path="record_id", what_zh="服务记录", what_en="service record", id=id) for id in ids
    ]


async def of_sampled(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, SAMPLED, ids, path="sampled_id", what_zh="抽查记录", what_en="sampled record")


async def of_problems(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, PROBLEMS, ids, path="problem_id", what_zh="问题", what_en="problem")


async def of_projects(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, PROJECTS, ids, path="project_id", what_zh="项目", what_en="project")


async def of_supports(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, SUPPORTS, ids, path="support_id", what_zh="支持条目", what_en="entry of support")


async def of_venues(context: Context, ids: Sequence[str]) -> Targets:
    return await _of(context, VENUES, ids, path="id", what_zh="服务点或项目", what_en="service point or programme")


async def of_new_problems(context: Context, commands: Sequence[ReportProblem]) -> Targets:
    """A problem belongs where it is, and to the member who reports it and the member's unit."""
    homes = await _homes(context, (command.member_id for command in commands if command.member_id))

    def target(command: ReportProblem) -> Target | Refusal:
        place = command.report.community
        if command.member_id is None:
            return Target(division=place)
        return _member(homes, command.member_id, lambda _home: place)

    return [target(command) for command in commands]


async def of_policies(context: Context, ids: Sequence[str]) -> Targets:
    found = {
        one["_id"]: Target(division=one["division"])
        async for one in context.database[POLICIES].find({"_id": {"$in": list(ids)}}, {"division": 1})
    }
    return [found.get(id) or NotFound(path="policy_id", what_zh="政策", what_en="policy", id=id) for id in ids]


async def of_new_claims(context: Context, commands: Sequence[ClaimOffer]) -> Targets:
    """A claim belongs where its offer is, and to the member's unit."""
    offers = await of_offers(context, [command.offer_id for command in commands])
    homes = await _homes(context, (command.member_id for command in commands))

    def target(command: ClaimOffer, offer: Target | Refusal) -> Target | Refusal:
        if isinstance(offer, Refusal):
            return offer
        return _member(homes, command.member_id, lambda _home: offer.division)

    return [target(command, offer) for command, offer in zip(commands, offers, strict=True)]


async def of_new_records(context: Context, commands: Sequence[SubmitRecord]) -> Targets:
    """A record belongs where it was served, and to the member's unit."""
    named = [command.claim_id for command in commands if command.claim_id]
    claims = dict(zip(named, await of_claims(context, named), strict=True))
    homes = await _homes(context, (command.member_id for command in commands))

    def target(command: SubmitRecord) -> Target | Refusal:
        claim = claims.get(command.claim_id or "")
        if isinstance(claim, Refusal):
            return claim
        place = claim.division if claim else command.community
        found = _member(homes, command.member_id, lambda home: place or home["community"])
        if isinstance(found, Target) and command.service.provenance is not Provenance.SELF_REPORTED:
            return _vouched(context, found)
        return found

    return [target(command) for command in commands]


def _vouched(context: Context, target: Target) -> Target | NotPermitted:
    """Who is responsible for the place vouches; the member's own unit does not."""
    official = context.permits(VOUCH, Target(division=target.division))
    return target if official else NotPermitted(permission=VOUCH, path="provenance")


def _member(
    homes: dict[str, Document], member_id: str, division: Callable[[Document], str | None]
) -> Target | MemberNotRegistered:
    home = homes.get(member_id)
    if home is None:
        return MemberNotRegistered(path="member_id", member_id=member_id)
    return Target(division=division(home), unit=home["unit_id"], member=member_id)


async def _homes(context: Context, member_ids: Iterable[str]) -> dict[str, Document]:
    asked = list(set(member_ids))
    if not asked:
        return {}
    found = context.database[REGISTRATIONS].find({"member_id": {"$in": asked}, "status": COMPLETED}, sort=[("_id", 1)])
    return {home["member_id"]: home async for home in found}


async def _of(
    context: Context, collection: str, ids: Sequence[str], *, path: str, what_zh: str, what_en: str
) -> Targets:
    if not ids:
        return []
    found = context.database[collection].find(
        {"_id": {"$in": list(set(ids))}}, {"community": 1, "unit_id": 1, "member_id": 1}
    )
    kept = {
        one["_id"]: Target(division=one["community"], unit=one.get("unit_id"), member=one.get("member_id"))
        async for one in found
    }
    return [kept.get(id) or NotFound(path=path, what_zh=what_zh, what_en=what_en, id=id) for id in ids]
