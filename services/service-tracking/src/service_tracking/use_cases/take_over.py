"""Communities take over what others had whose codes were withdrawn: whatever goes on goes over, what ended stays.

What is found under such a code is what is left to do. So a step may be repeated, raced or broken off; and what comes to
life again, or was sent under the old code after all, goes over with a later one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from servicekit.events import Fact
from servicekit.storage.work import Work, restore

from service_tracking.domain.beneficiary import Beneficiary, Reveal
from service_tracking.domain.claim import LIVE, Claim
from service_tracking.domain.follow_up import FollowUp
from service_tracking.domain.offer import Offer, OfferStatus
from service_tracking.domain.placed import Placed
from service_tracking.domain.policy import Policy
from service_tracking.domain.problem import OPEN, Problem
from service_tracking.domain.project import Project, ProjectStatus
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.domain.series import Series
from service_tracking.domain.succession import Succession
from service_tracking.domain.venue import Venue, VenueStatus
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
    VENUES,
)
from service_tracking.storage.successions import lying_under, successions

Taken = Mapping[str, Succession]
Causes = Mapping[str, Fact[Any]]

# Of each kind, in one transaction.
MOST = 200

_CORRECTION_ASKED = {"corrections.asked_by": {"$gt": ""}, "corrections": {"$elemMatch": {"approved": None}}}
GOING_ON: Sequence[tuple[str, type[Placed], Mapping[str, Any]]] = (
    (CLAIMS, Claim, {"status": {"$in": list(LIVE)}}),
    (OFFERS, Offer, {"status": OfferStatus.PUBLISHED}),
    (RECORDS, ServiceRecord, {"status": RecordStatus.SUBMITTED}),
    (RECORDS, ServiceRecord, _CORRECTION_ASKED),
    (PROBLEMS, Problem, {"status": {"$in": list(OPEN)}}),
    (PROJECTS, Project, {"status": {"$in": [ProjectStatus.PROPOSED, ProjectStatus.STARTED]}}),
    (VENUES, Venue, {"status": VenueStatus.OPEN}),
    (SERIES, Series, {"ended_on": None}),
)


async def go_on(work: Work) -> int:
    """A step for all codes that were ever withdrawn; how much went over."""
    return await take_over(work, await successions(work), {})


async def take_over(work: Work, taken: Taken, causes: Causes) -> int:
    """A step for these codes; how much went over. `causes` are the facts that told of the codes, by code."""
    found = [
        (collection, one)
        for collection, kind, going_on in GOING_ON
        for one in await lying_under(work, taken, collection, kind, going_on, MOST)
    ]
    offers = {one.id for _, one in found if isinstance(one, Offer)}
    of_claims = {one.offer_id for _, one in found if isinstance(one, Claim)} - offers
    found += [(OFFERS, one) for one in (await work.load(Offer, OFFERS, of_claims)).values()]
    found += await _with_offers(work, taken, [*offers, *of_claims])
    for collection, one in found:
        if (succession := taken.get(one.community)) is not None:
            cause = causes.get(one.community)
            one.go_over(succession.into, succession.on)
            work.save(collection, one, cause=cause)
    return len(found) + await _end_policies(work, taken)


async def _with_offers(work: Work, taken: Taken, offers: Sequence[str]) -> list[tuple[str, Placed]]:
    """The identities behind these offers, and the logs of who was shown them and what helpers found."""
    households = await work.load(Beneficiary, BENEFICIARIES, offers)
    of_offers = {"offer_id": {"$in": offers}}
    reveals = await lying_under(work, taken, REVEALS, Reveal, of_offers)
    follow_ups = await lying_under(work, taken, FOLLOW_UPS, FollowUp, of_offers)
    return [
        *((BENEFICIARIES, one) for one in households.values()),
        *((REVEALS, one) for one in reveals),
        *((FOLLOW_UPS, one) for one in follow_ups),
    ]


async def _end_policies(work: Work, taken: Taken) -> int:
    """What a community ruled for itself, it ruled until its last day."""
    found = work.collection(POLICIES).find({"division": {"$in": sorted(taken)}})
    policies = [restore(Policy, document) async for document in found]
    ended = [one for one in policies if one.lapse(taken[one.division].last_day)]
    for policy in ended:
        work.save(POLICIES, policy)
    return len(ended)
