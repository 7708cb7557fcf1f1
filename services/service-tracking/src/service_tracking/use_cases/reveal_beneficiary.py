"""Show who is helped, to the approved claimant or the host, and log it in the same transaction."""

from dataclasses import dataclass

from servicekit.domain import new_id
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.beneficiary import Beneficiary, Identity, Reveal
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import BENEFICIARIES, CLAIMS, OFFERS, REVEALS
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class RevealBeneficiary:
    """`claim_id`: the claim on which somebody helps; None for the host."""

    offer_id: str
    purpose: str
    claim_id: str | None


async def reveal_beneficiary(work: Work, vault: Vault, command: RevealBeneficiary) -> tuple[Reveal, Identity]:
    """Raises NotFound, ClaimNotApproved, OfferClosed, BeneficiaryErased, InvalidInput."""
    kept = await work.load(Beneficiary, BENEFICIARIES, [command.offer_id])
    beneficiary = found(kept, command.offer_id, path="offer_id", what_zh="受助人", what_en="beneficiary of this offer")
    if command.claim_id is not None:
        claims = await work.load(Claim, CLAIMS, [command.claim_id])
        claim = found(claims, command.claim_id, path="offer_id", what_zh="认领", what_en="claim")
        offers = await work.load(Offer, OFFERS, [command.offer_id])
        claim.check_helps(found(offers, command.offer_id, path="offer_id", what_zh="事项", what_en="offer"))
    reveal = Reveal.log(
        beneficiary, command.claim_id, command.purpose, id=new_id(), by=work.actor.subject, now=work.now
    )
    identity = Identity.model_validate_json(vault.open(beneficiary.token(), beneficiary.id))
    work.save(REVEALS, reveal)
    return reveal, identity
