"""Submit service records, for oneself or on behalf of a member."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.service import Service
from service_tracking.storage.collections import CLAIMS, RECORDS
from service_tracking.storage.references import sent_before
from service_tracking.storage.registrations import completed_registrations
from service_tracking.use_cases.rows import each, found, registered


@dataclass(frozen=True, slots=True)
class SubmitRecord:
    """Served on `claim_id`, else in `community`, else where the member is registered."""

    member_id: str
    service: Service
    claim_id: str | None = None
    community: str | None = None


async def submit_records(work: Work, by: Person, commands: Sequence[SubmitRecord]) -> list[ServiceRecord | Refusal]:
    """One outcome a command. A reference that the actor used before answers the record submitted then.

    Refused with MemberNotRegistered, NotFound, ClaimNotApproved, OwnRecord, InvalidInput.
    """
    members = await completed_registrations(work, [command.member_id for command in commands])
    claims = await _claims(work, commands)
    references = [command.service.reference for command in commands]
    known = await sent_before(work, ServiceRecord, RECORDS, "recorder", references)

    def submit(command: SubmitRecord) -> ServiceRecord:
        reference = command.service.reference
        if reference is not None and reference in known:
            return known[reference]
        record = ServiceRecord.submit(
            command.service,
            registered(members, command.member_id),
            claim=_claim(claims, command.claim_id),
            community=command.community,
            id=new_id(),
            by=by,
            now=work.now,
        )
        work.save(RECORDS, record)
        if reference is not None:
            known[reference] = record
        return record

    return each(commands, submit)


async def _claims(work: Work, commands: Sequence[SubmitRecord]) -> dict[str, Claim]:
    named = [command.claim_id for command in commands if command.claim_id is not None]
    return await work.load(Claim, CLAIMS, named) if named else {}


def _claim(claims: dict[str, Claim], claim_id: str | None) -> Claim | None:
    if claim_id is None:
        return None
    return found(claims, claim_id, path="claim_id", what_zh="认领", what_en="claim")
