"""A service certificate: what one community recorded of one member's service, as a numbered paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.documents.numbers import Series
from servicekit.domain import Aggregate, InvalidInput

from service_tracking.domain.community import lane_of
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.domain.refusals import CertificateRevoked, NothingToCertify
from service_tracking.domain.service import Vanguard

NUMBERS = Series("FW", "服务证明", "service certificate")
MOST_SERVICES = 200


class CertificateState(StrEnum):
    """SUPERSEDED: a record in it was corrected since, so its figures are old."""

    VALID = "VALID"
    SUPERSEDED = "SUPERSEDED"
    REVOKED = "REVOKED"


class CertifiedService(BaseModel):
    """One confirmed record as it was then."""

    record_id: str
    activity: str
    served_on: date
    hours: Decimal
    vanguard: Vanguard

    def still_holds(self, record: ServiceRecord | None) -> bool:
        return record is not None and record.status is RecordStatus.CONFIRMED and self._told() == _told(record)

    def _told(self) -> tuple[date, Decimal, Vanguard]:
        return self.served_on, self.hours, self.vanguard


def _told(record: ServiceRecord) -> tuple[date, Decimal, Vanguard]:
    return record.served_on, record.hours, record.vanguard


@dataclass(frozen=True, slots=True)
class CertificateDraft:
    """Who certifies what: a community the service that it recorded itself, in a period (both days included).

    `reference` is the issuer's own key: sent twice, it is one certificate.
    """

    member_id: str
    community: str
    starts_on: date
    ends_on: date
    issuer: str
    person_in_charge: str
    handler: str
    contact: str
    remarks: str = ""
    reference: str | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        if self.ends_on < self.starts_on:
            raise InvalidInput(path="ends_on", reason_zh="结束早于开始", reason_en="it ends before it starts")
        for name in ("issuer", "person_in_charge", "handler", "contact"):
            if not getattr(self, name).strip():
                raise InvalidInput(path=name, reason_zh="不能为空", reason_en="it is empty")


class CertificateSnapshot(BaseModel):
    """The public state: never who signed, nor the number, which opens the public page."""

    member_id: str
    unit_id: str
    community: str
    starts_on: date
    ends_on: date
    services: int
    hours: Decimal
    revoked: bool


class ServiceCertificate(Aggregate):
    """Issued once, never changed but for being revoked. `sealed` is the holder's name as a token, `digest` a keyed hash
    of all that the paper says.
    """

    PERSONAL = Aggregate.PERSONAL | {"number"}

    number: str
    sealed: str
    member_id: str
    unit_id: str
    community: str
    starts_on: date
    ends_on: date
    services: list[CertifiedService]
    hours: Decimal
    issuer: str
    person_in_charge: str
    handler: str
    contact: str
    remarks: str
    digest: str = ""
    reference: str | None = None
    issued_by: str
    issued_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoke_reason: str | None = None

    @classmethod
    def issue(
        cls,
        draft: CertificateDraft,
        records: Sequence[ServiceRecord],
        titles: Mapping[str, str],
        *,
        id: str,
        number: str,
        sealed: str,
        by: str,
        now: datetime,
    ) -> Self:
        """Of the confirmed `records`; `titles` of offers stand in for what helpers wrote themselves of a household.

        Raises NothingToCertify, InvalidInput.
        """
        if not records:
            raise NothingToCertify(path="member_id", starts_on=draft.starts_on, ends_on=draft.ends_on)
        if len(records) > MOST_SERVICES:
            raise InvalidInput(
                path="ends_on",
                reason_zh=f"一张证明最多 {MOST_SERVICES} 次服务,请缩短期间",
                reason_en=f"at most {MOST_SERVICES} services fit on one: choose a shorter period",
            )
        certificate = cls(
            id=id,
            lane=lane_of(draft.community),
            number=number,
            sealed=sealed,
            member_id=draft.member_id,
            unit_id=records[-1].unit_id,
            community=draft.community,
            starts_on=draft.starts_on,
            ends_on=draft.ends_on,
            services=[_certified(record, titles) for record in records],
            hours=sum((record.hours for record in records), Decimal(0)),
            issuer=draft.issuer.strip(),
            person_in_charge=draft.person_in_charge.strip(),
            handler=draft.handler.strip(),
            contact=draft.contact.strip(),
            remarks=draft.remarks.strip(),
            reference=draft.reference,
            issued_by=by,
            issued_at=now,
        )
        certificate.record("certificate-issued")
        return certificate

    def state(self, records: Mapping[str, ServiceRecord]) -> CertificateState:
        """`records`: those in it as they are now, by id."""
        if self.revoked_at is not None:
            return CertificateState.REVOKED
        holds = all(one.still_holds(records.get(one.record_id)) for one in self.services)
        return CertificateState.VALID if holds else CertificateState.SUPERSEDED

    def wording(self, holder_name: str) -> str:
        """All that the paper says but for its number and day: two with the same wording are one."""
        return f"{holder_name} {self.model_dump_json(include=_WORDED)}"

    def revoke(self, reason: str, *, by: str, now: datetime) -> None:
        """Raises CertificateRevoked, InvalidInput."""
        if self.revoked_at is not None:
            raise CertificateRevoked(path="number", number=self.number)
        if not reason.strip():
            raise InvalidInput(path="reason", reason_zh="须写明理由", reason_en="say why")
        self.revoked_at, self.revoked_by, self.revoke_reason = now, by, reason.strip()
        self.record("certificate-revoked")

    def snapshot(self) -> CertificateSnapshot:
        return CertificateSnapshot(
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            services=len(self.services),
            hours=self.hours,
            revoked=self.revoked_at is not None,
        )


_WORDED = {
    *("member_id", "community", "starts_on", "ends_on", "services"),
    *("issuer", "person_in_charge", "handler", "contact", "remarks"),
}


def masked_name(name: str) -> str:
    """张三丰 is 张**."""
    return name[0] + "*" * min(len(name) - 1, 3)


def _certified(record: ServiceRecord, titles: Mapping[str, str]) -> CertifiedService:
    return CertifiedService(
        record_id=record.id,
        activity=titles.get(record.offer_id or "", record.activity),
        served_on=record.served_on,
        hours=record.hours,
        vanguard=record.vanguard,
    )
