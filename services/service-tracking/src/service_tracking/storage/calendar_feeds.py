"""What a calendar feed shows: the approved claims of its member, and those on activities that were cancelled."""

from servicekit.storage.mongo import Database
from servicekit.storage.work import restore

from service_tracking.domain.calendar_feed import digest_of
from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer, OfferStatus
from service_tracking.storage.collections import CALENDAR_FEEDS, CLAIMS, OFFERS

MOST = 500


async def claims_of_feed(database: Database, token: str) -> list[tuple[Claim, Offer]] | None:
    """Of the newest 500. None where no live feed has this token."""
    feed = await database[CALENDAR_FEEDS].find_one({"digest": digest_of(token), "live": True}, {"member_id": 1})
    if feed is None:
        return None
    shown = {"$in": [ClaimStatus.APPROVED.value, ClaimStatus.RELEASED.value]}
    found = database[CLAIMS].find({"member_id": feed["member_id"], "status": shown}, sort=[("_id", -1)], limit=MOST)
    claims = [restore(Claim, document) async for document in found]
    of = database[OFFERS].find({"_id": {"$in": sorted({claim.offer_id for claim in claims})}})
    offers = {document["_id"]: restore(Offer, document) async for document in of}
    return [(claim, offers[claim.offer_id]) for claim in claims if _is_shown(claim, offers[claim.offer_id])]


def _is_shown(claim: Claim, offer: Offer) -> bool:
    """One that had a place in an activity which was cancelled is told so, rather than left with a gap."""
    if claim.status is ClaimStatus.APPROVED:
        return True
    return offer.status is OfferStatus.CANCELLED and claim.review is not None
