"""Reveals: who was shown whose personal data in clear, for which purpose. Nobody sees it without leaving one."""

from datetime import datetime
from enum import StrEnum

from servicekit.domain import Aggregate, Refusal, new_id

from registration.domain.divisions import lane_of
from registration.domain.members import Member


class PersonalField(StrEnum):
    NAME = "NAME"
    ID_NUMBER = "ID_NUMBER"
    PHONE = "PHONE"


class RevealPurpose(StrEnum):
    CONTACT = "CONTACT"
    IDENTITY_CHECK = "IDENTITY_CHECK"
    CORRECTION = "CORRECTION"
    LEGAL_DUTY = "LEGAL_DUTY"
    OWN_EXPORT = "OWN_EXPORT"


class ConsentMissing(Refusal):
    member_id: str
    zh = "该党员未同意现行的个人信息告知书"
    en = "This member has not consented to the current notice on personal data"
    next_zh = "请党员本人同意后再查看,或由其所在单位联系。"
    next_en = "Have the member consent, or let the member's own unit get in touch."


class Reveal(Aggregate):
    """`by` is the subject of who was shown it, `unit_id` the member's unit then. Never changed."""

    member_id: str
    unit_id: str
    fields: list[PersonalField]
    purpose: RevealPurpose
    note: str
    by: str
    at: datetime


def reveal(
    member: Member, fields: list[PersonalField], purpose: RevealPurpose, note: str, *, by: str, now: datetime
) -> Reveal:
    return Reveal(
        id=new_id(),
        lane=lane_of(member.unit_division),
        member_id=member.id,
        unit_id=member.unit_id,
        fields=fields,
        purpose=purpose,
        note=note,
        by=by,
        at=now,
    )
