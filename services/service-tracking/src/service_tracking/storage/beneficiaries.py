"""The identities behind offers: one to look at, and those that are kept longer than they are needed."""

from datetime import datetime

from servicekit.security.vault import Vault
from servicekit.storage.work import Work, restore

from service_tracking.domain.beneficiary import Beneficiary, Identity
from service_tracking.domain.claim import ClaimStatus
from service_tracking.domain.offer import OfferKind
from service_tracking.storage.collections import BENEFICIARIES, CLAIMS, OFFERS

HELD = {"sealed": {"$gt": ""}}


async def held_beyond(work: Work, closed_before: datetime, most: int) -> list[Beneficiary]:
    """Those whose offer was closed by then, oldest first. A pairing that goes on keeps its household's."""
    over = {"$lookup": {
        "from": OFFERS,
        "localField": "_id",
        "foreignField": "_id",
        "pipeline": [{"$match": {"closed_at": {"$lte": closed_before}}}, {"$project": {"kind": 1}}],
        "as": "over",
    }}  # fmt: skip
    helping = {"$lookup": {
        "from": CLAIMS,
        "localField": "_id",
        "foreignField": "offer_id",
        "pipeline": [
            {"$match": {"status": ClaimStatus.APPROVED.value, "kind": OfferKind.PAIRING.value}},
            {"$limit": 1},
            {"$project": {"_id": 1}},
        ],
        "as": "helping",
    }}  # fmt: skip
    found = await work.collection(BENEFICIARIES).aggregate(
        [
            {"$match": HELD},
            {"$sort": {"recorded_at": 1}},
            over,
            {"$match": {"over": {"$ne": []}}},
            helping,
            {"$match": {"helping": []}},
            {"$limit": most},
            {"$unset": ["over", "helping"]},
        ]
    )
    return [restore(Beneficiary, document) async for document in found]


async def identity_behind(work: Work, vault: Vault, offer_id: str) -> Identity | None:
    """Whom it is for, to look whether a text tells it; None where nobody was recorded, or it was erased."""
    kept = (await work.load(Beneficiary, BENEFICIARIES, [offer_id])).get(offer_id)
    if kept is None or kept.sealed is None:
        return None
    return Identity.model_validate_json(vault.open(kept.sealed, offer_id))
