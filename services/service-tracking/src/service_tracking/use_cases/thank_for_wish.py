"""Write down the thanks for a wish that came true."""

from dataclasses import dataclass

from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.beneficiary import check_said
from service_tracking.domain.claim import ClaimStatus
from service_tracking.domain.offer import Offer
from service_tracking.storage.beneficiaries import identity_behind
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class ThankForWish:
    offer_id: str
    text: str


async def thank_for_wish(work: Work, vault: Vault, command: ThankForWish) -> Offer:
    """Raises NotFound, NotAWish, StepNotPossible (it did not come true), IdentityInPublicText, InvalidInput."""
    offers = await work.load(Offer, OFFERS, [command.offer_id])
    wish = found(offers, command.offer_id, path="offer_id", what_zh="心愿", what_en="wish")
    granted = {"offer_id": wish.id, "status": ClaimStatus.COMPLETED}
    came_true = await work.collection(CLAIMS).find_one(granted, {"_id": 1}) is not None
    wish.thank(command.text, came_true=came_true, by=work.actor.subject, now=work.now)
    identity = await identity_behind(work, vault, wish.id)
    if identity is not None:
        check_said(identity, [command.text], path="text")
    work.save(OFFERS, wish)
    return wish
