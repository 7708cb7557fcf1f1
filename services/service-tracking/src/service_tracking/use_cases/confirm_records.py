"""Confirm service records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.refusals import NotAttended, SecondPersonRequired
from service_tracking.storage.collections import CLAIMS, OFFERS, RECORDS
from service_tracking.use_cases.grant_wishes import grant_wishes
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.rulings import rulings_on


@dataclass(frozen=True, slots=True)
class ConfirmRecord:
    """`as_organiser`: by the unit whose activity it was; the place must have said that the member attended that day."""

    record_id: str
    method: ConfirmationMethod
    note: str | None = None
    evidence: str | None = None
    as_organiser: bool = False


async def confirm_records(work: Work, by: Person, commands: Sequence[ConfirmRecord]) -> list[ServiceRecord | Refusal]:
    """One outcome a command. Refused with NotFound, RecordDecided, OwnRecord, SecondPersonRequired, NotAttended.

    Where a policy bears on the backlog, also with InvalidInput, HoursOverCap, OutsideWindow.
    """
    records = await work.load(ServiceRecord, RECORDS, [command.record_id for command in commands])
    rulings = await rulings_on(work, records.values())
    attended = await _attended(work, commands, records)

    def confirm(command: ConfirmRecord) -> ServiceRecord:
        record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
        if command.as_organiser:
            _check_organiser(record, by, attended)
        record.confirm(
            by=by,
            method=ConfirmationMethod.ORGANISER if command.as_organiser else command.method,
            note=command.note,
            evidence=command.evidence,
            now=work.now,
            policies=rulings.policies,
            already=rulings.already(record),
        )
        work.save(RECORDS, record)
        return record

    outcomes = each(commands, confirm)
    await grant_wishes(work, outcomes)
    return outcomes


def _check_organiser(record: ServiceRecord, by: Person, attended: Mapping[str, date | None]) -> None:
    """A unit is no witness of hours that it told of itself, nor of a day on which the place saw nobody.

    Raises NotAttended, SecondPersonRequired.
    """
    if record.claim_id is None or attended.get(record.claim_id) != record.served_on:
        raise NotAttended(path="record_id", record_id=record.id)
    if record.recorder == by.subject:
        raise SecondPersonRequired(path="record_id", record_id=record.id)


async def _attended(
    work: Work, commands: Sequence[ConfirmRecord], records: dict[str, ServiceRecord]
) -> dict[str, date | None]:
    """The claims of which the place said so, where somebody confirms as organiser, with the day of the activity."""
    asked = [records[one.record_id].claim_id for one in commands if one.as_organiser and one.record_id in records]
    claims = [claim_id for claim_id in asked if claim_id is not None]
    kept = await work.load(Claim, CLAIMS, claims) if claims else {}
    seen = {claim.id: claim.offer_id for claim in kept.values() if claim.was_attended}
    offers = await work.load(Offer, OFFERS, seen.values()) if seen else {}
    return {claim_id: offers[offer_id].held_on for claim_id, offer_id in seen.items()}
