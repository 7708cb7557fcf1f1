"""What a calendar feed shows: the approved claims of its member, with their offers."""

from servicekit.storage.mongo import Database
from servicekit.storage.work import restore

from service_tracking.domain.calendar_feed import digest_of
from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import CALENDAR_FEEDS, CLAIMS, OFFERS

MOST = 500


async def claims_of_feed(database: Database, token: str) -> list[tuple[Claim, Offer]] | None:
    """The newest 500. None where no live feed has this token."""
    feed = await database[CALENDAR_FEEDS].find_one({"digest": digest_of(token), "live": True}, {"member_id": 1})
    if feed is None:
        return None
    approved = {"member_id": feed["member_id"], "status": ClaimStatus.APPROVED.value}
    found = database[CLAIMS].find(approved, sort=[("_id", -1)], limit=MOST)
    claims = [restore(Claim, document) async for document in found]
    of = database[OFFERS].find({"_id": {"$in": sorted({claim.offer_id for claim in claims})}})
    offers = {document["_id"]: restore(Offer, document) async for document in of}
    return [(claim, offers[claim.offer_id]) for claim in claims]
