"""Submit service records, for oneself or on behalf of a member."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.registered import Registered
from service_tracking.domain.service import Service
from service_tracking.storage.collections import CLAIMS, RECORDS
from service_tracking.storage.followed import mark_followed
from service_tracking.storage.policies import Day, hours_of_days, policies_over
from service_tracking.storage.references import sent_before
from service_tracking.storage.registrations import completed_registrations, hold_registrations
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

    Refused with MemberNotRegistered, NotFound, ClaimNotApproved, OwnRecord, HoursOverCap, OutsideWindow, InvalidInput.
    """
    members = await completed_registrations(work, [command.member_id for command in commands])
    claims = await _claims(work, commands)
    references = [command.service.reference for command in commands]
    known = await sent_before(work, ServiceRecord, RECORDS, "recorder", references)
    policies = await policies_over(work.database, _places(commands, members, claims))
    days = await _days(work, commands, members) if policies.cap_days() else {}

    def submit(command: SubmitRecord) -> ServiceRecord:
        reference = command.service.reference
        if reference is not None and reference in known:
            return known[reference]
        day = (command.member_id, command.service.served_on)
        record = ServiceRecord.submit(
            command.service,
            registered(members, command.member_id),
            claim=_claim(claims, command.claim_id),
            community=command.community,
            id=new_id(),
            by=by,
            now=work.now,
            policies=policies,
            already=days.get(day, Decimal(0)),
        )
        days[day] = days.get(day, Decimal(0)) + record.hours
        work.save(RECORDS, record)
        if reference is not None:
            known[reference] = record
        return record

    outcomes = each(commands, submit)
    served = {outcome.claim_id for outcome in outcomes if isinstance(outcome, ServiceRecord)}
    await mark_followed(work, (claim for claim in claims.values() if claim.id in served))
    return outcomes


def _places(
    commands: Sequence[SubmitRecord], members: dict[str, Registered], claims: dict[str, Claim]
) -> Iterator[str]:
    """Wherever one of them may have been served."""
    yield from (member.community for member in members.values())
    yield from (claim.community for claim in claims.values())
    yield from (command.community for command in commands if command.community)


async def _days(work: Work, commands: Sequence[SubmitRecord], members: dict[str, Registered]) -> dict[Day, Decimal]:
    # Two that come at once for one member must not each find the day as it was before.
    await hold_registrations(work, members.values())
    return await hours_of_days(work, [(command.member_id, command.service.served_on) for command in commands])


async def _claims(work: Work, commands: Sequence[SubmitRecord]) -> dict[str, Claim]:
    named = [command.claim_id for command in commands if command.claim_id is not None]
    return await work.load(Claim, CLAIMS, named) if named else {}


def _claim(claims: dict[str, Claim], claim_id: str | None) -> Claim | None:
    if claim_id is None:
        return None
    return found(claims, claim_id, path="claim_id", what_zh="认领", what_en="claim")
