"""Waiting lists: whoever waits longest gets the place that becomes free."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from servicekit.events import Fact
from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.places import give_places_back, take_places
from service_tracking.storage.policies import policies_over

Causes = Mapping[str, Fact[Any]]


async def free_places(
    work: Work, freed: Counter[str], *, ended: Collection[Claim] = (), causes: Causes | None = None
) -> None:
    """Give so many places of each offer back, and each on to who waits first for it.

    Whoever joins the list or claims meanwhile writes to the offer as well, so one of the two runs again. `ended` are
    claims that this unit of work ends, which wait no longer; `causes` the events, by offer, that led to it.
    """
    given = Counter({offer_id: int(count) for offer_id, count in freed.items() if count})
    if not given:
        return
    await give_places_back(work, given)
    queues = await _queues(work, given, {claim.id for claim in ended})
    offers = await work.load(Offer, OFFERS, queues)
    await take_places(work, await _promote(work, offers, queues, causes or {}))


async def fill_places(work: Work, offer: Offer) -> None:
    """Give the free places of an offer that this unit of work saves to who waits for it."""
    await _promote(work, {offer.id: offer}, await _queues(work, [offer.id]), {})


async def dismiss_waiting(work: Work, offer_ids: Iterable[str]) -> None:
    """Release those who wait for these offers, which are closed."""
    for queue in (await _queues(work, offer_ids)).values():
        for claim in queue:
            claim.release(work.now)
            work.save(CLAIMS, claim)


async def _queues(
    work: Work, offer_ids: Iterable[str], but_for: Collection[str] = frozenset()
) -> dict[str, list[Claim]]:
    """Who waits for these offers, first come first; an offer that nobody waits for is absent."""
    found = work.collection(CLAIMS).find({"offer_id": {"$in": sorted(offer_ids)}, "status": ClaimStatus.WAITING})
    queues: dict[str, list[Claim]] = {}
    async for document in found:
        if document["_id"] not in but_for:
            queues.setdefault(document["offer_id"], []).append(restore(Claim, document))
    return {offer_id: sorted(queue, key=lambda claim: claim.queued or 0) for offer_id, queue in queues.items()}


async def _promote(
    work: Work, offers: Mapping[str, Offer], queues: Mapping[str, list[Claim]], causes: Causes
) -> Counter[str]:
    """How many places of each offer went to who waits for it; the offers have that many fewer now."""
    policies = await policies_over(work.database, {offers[offer_id].community for offer_id in queues})
    taken: Counter[str] = Counter()
    for offer_id, queue in queues.items():
        offer = offers[offer_id]
        rules = policies.rules(offer.community, day_of(work.now))
        for claim in queue:
            if not offer.promotes(work.now):
                break
            claim.promote(offer, now=work.now, rules=rules)
            taken[offer_id] += 1
            work.save(CLAIMS, claim, cause=causes.get(offer_id))
    return taken
