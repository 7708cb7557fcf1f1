"""Release the live claims of members whose registration ended."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from servicekit.events import Fact
from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import LIVE, Claim
from service_tracking.storage.collections import CLAIMS
from service_tracking.storage.leaders import drop_leaders
from service_tracking.storage.registrations import completed_registrations, hold_registrations
from service_tracking.use_cases.waiting_lists import free_places


async def release_claims(work: Work, ended: Mapping[str, Fact[Any]]) -> None:
    """`ended`: the fact that ended a registration, by member id. Who is registered elsewhere keeps the claims."""
    elsewhere = await completed_registrations(work, ended)
    # Two registrations that end at the same moment must not each count on the other.
    await hold_registrations(work, elsewhere.values())
    kept = work.collection(CLAIMS).find(
        {"member_id": {"$in": [member for member in ended if member not in elsewhere]}, "status": {"$in": list(LIVE)}}
    )
    freed: Counter[str] = Counter()
    released: list[Claim] = []
    async for document in kept:
        claim = restore(Claim, document)
        freed[claim.offer_id] += claim.release(work.now)
        released.append(claim)
        work.save(CLAIMS, claim, cause=ended[claim.member_id])
    causes = {claim.offer_id: ended[claim.member_id] for claim in released}
    await free_places(work, freed, ended=released, causes=causes)
    await drop_leaders(work, released)
