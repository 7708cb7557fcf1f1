"""Wishes come true when a service on them is confirmed."""

from collections.abc import Collection, Iterable

from servicekit.domain import Refusal
from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.waiting_lists import dismiss_waiting


async def grant_wishes(work: Work, decided: Iterable[ServiceRecord | Refusal]) -> None:
    """Complete the claims on wishes of those that are confirmed now, and close the wishes.

    From then on nobody but the host is shown whom the wish was for, and that is erased in its time.
    """
    served = {one.claim_id for one in decided if isinstance(one, ServiceRecord) and one.claim_id and _counts(one)}
    if not served:
        return
    claims = await _on_wishes(work, served)
    if not claims:
        return
    wishes = await work.load(Offer, OFFERS, [claim.offer_id for claim in claims])
    for claim in claims:
        claim.come_true(work.now)
        work.save(CLAIMS, claim)
        wish = wishes[claim.offer_id]
        if wish.status is OfferStatus.PUBLISHED:
            wish.close(work.now)
            work.save(OFFERS, wish)
    await dismiss_waiting(work, wishes)


async def _on_wishes(work: Work, claim_ids: Collection[str]) -> list[Claim]:
    """The approved ones among these. One that is completed rests on this service as well from now on, so it must not be
    reopened meanwhile.
    """
    of_wishes = {"_id": {"$in": sorted(claim_ids)}, "kind": OfferKind.WISH}
    await work.collection(CLAIMS).update_many({**of_wishes, "status": ClaimStatus.COMPLETED}, {"$inc": {"holds": 1}})
    found = work.collection(CLAIMS).find({**of_wishes, "status": ClaimStatus.APPROVED})
    return [restore(Claim, document) async for document in found]


def _counts(record: ServiceRecord) -> bool:
    return record.status is RecordStatus.CONFIRMED
