"""Correct personal data: the member asks for it, the unit looks at the document and decides."""

from dataclasses import dataclass

from servicekit.domain import InvalidInput, new_id
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.data_corrections import (
    CorrectableField,
    DataCorrection,
    DataCorrectionImpossible,
    DataCorrectionPending,
    DataCorrectionStatus,
    ask_correction,
    checked_value,
    corrected,
    no_such_correction,
)
from registration.domain.members import Member, no_such_member
from registration.domain.people import Unacceptable
from registration.storage.collections import DATA_CORRECTIONS, MEMBERS
from registration.use_cases.batches import Permit
from registration.use_cases.sealed_records import open_record, seal_record


@dataclass(frozen=True, slots=True)
class RequestDataCorrection:
    member_id: str
    field: CorrectableField
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecideDataCorrection:
    correction_id: str
    accept: bool
    note: str


async def request_data_correction(
    work: Work, command: RequestDataCorrection, vault: Vault, permit: Permit
) -> DataCorrection:
    """Refused: DataCorrectionPending, NotFound, InvalidInput."""
    member = (await work.load(Member, MEMBERS, [command.member_id])).get(command.member_id)
    if member is None:
        raise no_such_member(command.member_id)
    permit(Target(member=member.id))
    try:
        value = checked_value(command.field, command.value, city_date(work.now))
    except Unacceptable as reason:
        raise InvalidInput(path="value", reason_zh=reason.zh, reason_en=reason.en) from None
    waiting = await work.collection(DATA_CORRECTIONS).find_one(
        {"member_id": member.id, "field": command.field.value, "status": DataCorrectionStatus.PENDING.value}
    )
    if waiting:
        raise DataCorrectionPending(correction_id=waiting["_id"])
    correction_id = new_id()
    sealed = vault.seal(value, correction_id)
    asked = ask_correction(correction_id, member, command.field, sealed, command.reason.strip(), work.now)
    work.save(DATA_CORRECTIONS, asked)
    return asked


async def decide_data_correction(
    work: Work, command: DecideDataCorrection, vault: Vault, permit: Permit
) -> DataCorrection:
    """Accepted, the value is the member's from now on. The unit that the member is with now decides.

    Refused: DataCorrectionDecided, DataCorrectionImpossible, NotFound.
    """
    asked = (await work.load(DataCorrection, DATA_CORRECTIONS, [command.correction_id])).get(command.correction_id)
    if asked is None:
        raise no_such_correction(command.correction_id)
    member = (await work.load(Member, MEMBERS, [asked.member_id]))[asked.member_id]
    permit(Target(division=member.unit_division, unit=member.unit_id, line=member.line))
    status = DataCorrectionStatus.ACCEPTED if command.accept else DataCorrectionStatus.REFUSED
    asked.decide(status, command.note.strip(), by=work.actor.subject, now=work.now)
    if command.accept:
        await _apply(work, member, asked, vault)
    work.save(DATA_CORRECTIONS, asked)
    return asked


async def _apply(work: Work, member: Member, asked: DataCorrection, vault: Vault) -> None:
    record = corrected(open_record(vault, member), asked.field, vault.open(asked.sealed, asked.id))
    index = vault.blind_index(record.id_number)
    if index != member.id_index and await work.collection(MEMBERS).find_one({"id_index": index}):
        raise DataCorrectionImpossible()
    member.id_index = index
    member.update(seal_record(vault, member.id, record), None, city_date(work.now))
    work.save(MEMBERS, member)
