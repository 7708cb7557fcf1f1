"""Withdraw a claim."""

from collections import Counter

from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.storage.collections import CLAIMS
from service_tracking.storage.leaders import drop_leaders
from service_tracking.use_cases.rows import found
from service_tracking.use_cases.waiting_lists import free_places


async def withdraw_claim(work: Work, claim_id: str) -> Claim:
    """An approved claim's place becomes free, for who waits first. Raises NotFound, ClaimEnded."""
    claims = await work.load(Claim, CLAIMS, [claim_id])
    claim = found(claims, claim_id, path="claim_id", what_zh="认领", what_en="claim")
    await free_places(work, Counter({claim.offer_id: claim.withdraw(work.now)}))
    await drop_leaders(work, [claim])
    work.save(CLAIMS, claim)
    return claim
