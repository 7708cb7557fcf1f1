"""Draw records for a second check."""

from servicekit.domain import new_id
from servicekit.storage.mongo import Document
from servicekit.storage.work import Work, restore

from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.sample import Draw, Sample, Sampled
from service_tracking.storage.collections import RECORDS, SAMPLED, SAMPLES
from service_tracking.storage.samples import confirmed_in


async def draw_sample(work: Work, draw: Draw) -> Sample:
    """The same draw answers the sample that it made the first time. Raises InvalidInput."""
    draw.check()
    if (earlier := await _drawn(work, draw)) is not None:
        return earlier
    ids = draw.pick([id async for id in confirmed_in(work.database, draw, work.now)])
    sample = Sample.of(draw, len(ids), id=new_id(), by=work.actor.subject, now=work.now)
    work.save(SAMPLES, sample)
    records = await work.load(ServiceRecord, RECORDS, ids)
    for rank, id in enumerate(ids):
        place = records[id].community
        one = Sampled(id=f"{sample.id}-{rank:03}", lane=sample.lane, sample_id=sample.id, record_id=id, community=place)
        work.save(SAMPLED, one)
    return sample


async def _drawn(work: Work, draw: Draw) -> Sample | None:
    asked: Document = {"division": draw.division, "seed": draw.seed, "starts_on": draw.starts_on.isoformat()}
    asked |= {"ends_on": draw.ends_on.isoformat(), "size": draw.size}
    earlier = await work.collection(SAMPLES).find_one(asked)
    return restore(Sample, earlier) if earlier else None
