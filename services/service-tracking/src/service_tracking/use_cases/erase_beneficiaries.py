"""Erase who was helped: when asked to, and when the need has been over for long enough."""

from datetime import timedelta

import structlog
from servicekit.storage.work import Work

from service_tracking.domain.beneficiary import Beneficiary
from service_tracking.storage.beneficiaries import held_beyond
from service_tracking.storage.collections import BENEFICIARIES
from service_tracking.use_cases.rows import found

log = structlog.get_logger()

KEPT_FOR = timedelta(days=30)
"""So long after its offer was closed an identity is kept: for thanks, complaints and second checks."""
MOST_AT_ONCE = 500


async def erase_beneficiary(work: Work, offer_id: str) -> Beneficiary:
    """At once. Raises NotFound, BeneficiaryErased."""
    kept = await work.load(Beneficiary, BENEFICIARIES, [offer_id])
    beneficiary = found(kept, offer_id, path="offer_id", what_zh="受助人", what_en="beneficiary of this offer")
    beneficiary.erase(by=work.actor.subject, now=work.now)
    work.save(BENEFICIARIES, beneficiary)
    return beneficiary


async def erase_what_is_over(work: Work) -> int:
    """Those whose need has been over for `KEPT_FOR`: how many, at most 500."""
    due = await held_beyond(work, work.now - KEPT_FOR, MOST_AT_ONCE)
    for beneficiary in due:
        beneficiary.erase(by=work.source, now=work.now)
        work.save(BENEFICIARIES, beneficiary)
    if due:
        log.info("beneficiaries.erased", count=len(due))
    return len(due)
