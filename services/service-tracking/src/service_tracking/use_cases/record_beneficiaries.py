"""Record who a wish or a pairing need is for."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.beneficiary import Beneficiary, Consent, Identity
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import BENEFICIARIES, OFFERS
from service_tracking.storage.places import hold_offers
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class RecordBeneficiary:
    offer_id: str
    identity: Identity
    consent: Consent


async def record_beneficiaries(
    work: Work, vault: Vault, commands: Sequence[RecordBeneficiary]
) -> list[Beneficiary | Refusal]:
    """One outcome a command; told again, it replaces what was told before.

    Refused with NotFound, NotForBeneficiary, OfferClosed, IdentityInPublicText, InvalidInput.
    """
    ids = [command.offer_id for command in commands]
    offers = await work.load(Offer, OFFERS, ids)
    kept = await work.load(Beneficiary, BENEFICIARIES, ids)

    def record(command: RecordBeneficiary) -> Beneficiary:
        offer = found(offers, command.offer_id, path="offer_id", what_zh="事项", what_en="offer")
        sealed = vault.seal(command.identity.model_dump_json(), offer.id)
        told = Beneficiary.of(offer, command.identity, sealed, command.consent, by=work.actor.subject, now=work.now)
        if (earlier := kept.get(offer.id)) is not None:
            earlier.replace(told)
        beneficiary = kept.setdefault(offer.id, told)
        work.save(BENEFICIARIES, beneficiary)
        return beneficiary

    outcomes = each(commands, record)
    # The public text was looked at: who edits it meanwhile looks at the identity.
    await hold_offers(work, (outcome.id for outcome in outcomes if isinstance(outcome, Beneficiary)))
    return outcomes
