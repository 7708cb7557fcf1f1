"""Corrections of personal data: the member asks, the unit decides. The new value is sealed until it is decided."""

from datetime import date, datetime
from enum import StrEnum

from servicekit.domain import Aggregate, NotFound, Refusal

from registration.domain.members import Member
from registration.domain.people import check_id_number, check_name, check_phone
from registration.domain.person_records import PersonRecord


class CorrectableField(StrEnum):
    NAME = "NAME"
    ID_NUMBER = "ID_NUMBER"
    PHONE = "PHONE"


class DataCorrectionStatus(StrEnum):
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class DataCorrectionPending(Refusal):
    correction_id: str
    zh = "该项已有待处理的更正申请"
    en = "A correction of this is waiting to be decided"
    next_zh = "请等待单位处理。"
    next_en = "Wait for the unit to decide it."


class DataCorrectionDecided(Refusal):
    status: DataCorrectionStatus
    zh = "该更正申请已处理({status})"
    en = "This correction was decided already: {status}"
    next_zh = "如有需要,请本人重新申请。"
    next_en = "The member may ask again."


class DataCorrectionImpossible(Refusal):
    zh = "此身份证号不能用于该党员"
    en = "This ID number can't be taken for this member"
    next_zh = "请核对证件;如无误,请联系县级管理员。"
    next_en = "Look at the document; if it is right, ask the county's administrators."


class DataCorrection(Aggregate):
    """One field's new value, `sealed` for its own id; who decides is the unit that the member is with."""

    member_id: str
    unit_id: str
    unit_division: str
    line: str
    field: CorrectableField
    sealed: str
    reason: str
    asked_at: datetime
    status: DataCorrectionStatus = DataCorrectionStatus.PENDING
    decided_at: datetime | None = None
    decided_by: str | None = None
    note: str | None = None

    def decide(self, status: DataCorrectionStatus, note: str, *, by: str, now: datetime) -> None:
        if self.status is not DataCorrectionStatus.PENDING:
            raise DataCorrectionDecided(status=self.status)
        self.status, self.note, self.decided_by, self.decided_at = status, note, by, now


def ask_correction(
    correction_id: str, member: Member, field: CorrectableField, sealed: str, reason: str, now: datetime
) -> DataCorrection:
    return DataCorrection(
        id=correction_id,
        lane=member.lane,
        member_id=member.id,
        unit_id=member.unit_id,
        unit_division=member.unit_division,
        line=member.line,
        field=field,
        sealed=sealed,
        reason=reason,
        asked_at=now,
    )


def checked_value(field: CorrectableField, text: str, today: date) -> str:
    """The value as it is kept. Raises Unacceptable."""
    if field is CorrectableField.NAME:
        return check_name(text)
    return check_phone(text) if field is CorrectableField.PHONE else check_id_number(text, today)


_CORRECTED = {
    CorrectableField.NAME: "own_name",
    CorrectableField.ID_NUMBER: "id_number",
    CorrectableField.PHONE: "own_phone",
}


def corrected(record: PersonRecord, field: CorrectableField, value: str) -> PersonRecord:
    return record.model_copy(update={_CORRECTED[field]: value})


def no_such_correction(correction_id: str) -> NotFound:
    return NotFound(what_zh="更正申请", what_en="correction", id=correction_id, path="correction_id")
