"""Take a wrong entry of the ledger of support back."""

from servicekit.domain import new_id
from servicekit.storage.work import Work

from service_tracking.domain.refusals import SupportReversed
from service_tracking.domain.support import Support
from service_tracking.storage.collections import SUPPORTS
from service_tracking.use_cases.rows import found


async def reverse_support(work: Work, support_id: str, reason: str) -> Support:
    """The entry that takes it back; of two at once the index lets one in. Raises NotFound, SupportReversed,
    InvalidInput.
    """
    supports = await work.load(Support, SUPPORTS, [support_id])
    support = found(supports, support_id, path="support_id", what_zh="支持条目", what_en="entry of support")
    contra = support.reverse(reason, id=new_id(), by=work.actor.subject, now=work.now)
    earlier = await work.collection(SUPPORTS).find_one({"reverses": support.id}, {"_id": 1})
    if earlier is not None:
        raise SupportReversed(path="support_id", support_id=support.id, by_id=earlier["_id"])
    work.save(SUPPORTS, contra)
    return contra
