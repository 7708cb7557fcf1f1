"""Edit an offer that is published."""

from dataclasses import dataclass

from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.agreement import Agreement
from service_tracking.domain.beneficiary import check_public
from service_tracking.domain.offer import Offer
from service_tracking.domain.offer_edit import OfferChanges, edit
from service_tracking.storage.agreements import agreements_between, in_force
from service_tracking.storage.beneficiaries import identity_behind
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.rows import found
from service_tracking.use_cases.waiting_lists import fill_places


@dataclass(frozen=True, slots=True)
class EditOffer:
    """`version`: the one that the editor saw."""

    offer_id: str
    version: int
    changes: OfferChanges


async def edit_offer(work: Work, vault: Vault, command: EditOffer) -> Offer:
    """The offer as it is now; places that are added go to who waits for them.

    Raises NotFound, OfferClosed, OfferChanged, PlacesTaken, NoAgreement, IdentityInPublicText, InvalidInput.
    """
    offers = await work.load(Offer, OFFERS, [command.offer_id])
    offer = found(offers, command.offer_id, path="offer_id", what_zh="事项", what_en="offer")
    agreement = await _agreement(work, offer, command.changes)
    if edit(offer, command.changes, version=command.version, now=work.now, agreement=agreement):
        await _check_public(work, vault, offer)
        await fill_places(work, offer)
        work.save(OFFERS, offer)
    return offer


async def _agreement(work: Work, offer: Offer, changes: OfferChanges) -> Agreement | None:
    if offer.unit_id is None or "planned_on" not in changes:
        return None
    pair = (offer.unit_id, offer.community)
    return in_force((await agreements_between(work, [pair]))[pair], changes["planned_on"])


async def _check_public(work: Work, vault: Vault, offer: Offer) -> None:
    """Raises IdentityInPublicText."""
    identity = await identity_behind(work, vault, offer.id)
    if identity is not None:
        check_public(identity, offer)
