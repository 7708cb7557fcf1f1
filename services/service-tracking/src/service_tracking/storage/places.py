"""Places of offers: taken by one conditional update an offer, so that no race can exceed the capacity."""

from collections import Counter
from collections.abc import Iterable

from pymongo import UpdateOne
from servicekit.storage.work import VersionConflict, Work

from service_tracking.domain.offer import OfferStatus
from service_tracking.storage.collections import OFFERS


async def take_places(work: Work, places: Counter[str]) -> None:
    """Take so many places of each offer. The unit of work is run again if one has not that many left, or is closed."""
    updates = [
        UpdateOne(
            {"_id": offer_id, "status": OfferStatus.PUBLISHED, "places_left": {"$gte": count}},
            {"$inc": {"places_left": -count}},
        )
        for offer_id, count in places.items()
    ]
    if updates and (await work.collection(OFFERS).bulk_write(updates, ordered=False)).matched_count != len(updates):
        raise VersionConflict(OFFERS)


async def join_queues(work: Work, joined: Counter[str]) -> None:
    """Take so many numbers of each offer's waiting list. The unit of work is run again if a place is free by now."""
    updates = [
        UpdateOne(
            {"_id": offer_id, "status": OfferStatus.PUBLISHED, "places_left": {"$lt": 1}}, {"$inc": {"queue": count}}
        )
        for offer_id, count in joined.items()
    ]
    if updates and (await work.collection(OFFERS).bulk_write(updates, ordered=False)).matched_count != len(updates):
        raise VersionConflict(OFFERS)


async def hold_offers(work: Work, offer_ids: Iterable[str]) -> None:
    """Conflict with whatever ends or edits one of these meanwhile, for what relies on the offer as it is."""
    if ids := sorted(set(offer_ids)):
        await work.collection(OFFERS).update_many({"_id": {"$in": ids}}, {"$inc": {"holds": 1}})


async def give_places_back(work: Work, places: Counter[str]) -> None:
    """Free so many places of each offer, whether it is closed or not."""
    updates = [UpdateOne({"_id": offer_id}, {"$inc": {"places_left": count}}) for offer_id, count in places.items()]
    if updates:
        await work.collection(OFFERS).bulk_write(updates, ordered=False)
