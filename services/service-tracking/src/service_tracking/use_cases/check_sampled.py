"""Record what the second check of a sampled record found."""

from dataclasses import dataclass

from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.sample import Finding, Sampled
from service_tracking.storage.collections import RECORDS, SAMPLED
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class CheckSampled:
    sampled_id: str
    finding: Finding
    note: str = ""


async def check_sampled(work: Work, by: Person, command: CheckSampled) -> Sampled:
    """Raises NotFound, RecordDecided, OwnRecord, SecondPersonRequired, InvalidInput."""
    kept = await work.load(Sampled, SAMPLED, [command.sampled_id])
    sampled = found(kept, command.sampled_id, path="sampled_id", what_zh="抽查记录", what_en="sampled record")
    records = await work.load(ServiceRecord, RECORDS, [sampled.record_id])
    sampled.check(records[sampled.record_id], command.finding, command.note, by=by, now=work.now)
    work.save(SAMPLED, sampled)
    return sampled
