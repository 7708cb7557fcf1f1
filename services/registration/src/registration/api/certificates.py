"""Certificates in the graph: the paper for its holder, and what anybody may verify."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import segno
import strawberry
from servicekit.graphql import Context

from registration.domain import certificates
from registration.domain.calendar import city_date
from registration.domain.registrations import OPEN, Registration, RegistrationStatus


@dataclass(frozen=True, slots=True)
class CertificateAddress:
    """Where a certificate is verified: the number is put behind it."""

    url: str


@strawberry.type(description="报到证 / A certificate of registration")
class Certificate:
    number: str
    issued_at: datetime
    qr_payload: str

    @strawberry.field(description="二维码 / The QR code of qrPayload, as SVG")
    def qr_svg(self) -> str:
        return segno.make(self.qr_payload, error="q", micro=False).svg_inline(scale=4)


def issued(context: Context, paper: certificates.Certificate) -> Certificate:
    address = context.resource(CertificateAddress).url
    return Certificate(number=paper.number, issued_at=paper.issued_at, qr_payload=address + paper.number)


@strawberry.enum(description="IN_FORCE 有效待出示 RECEIVED 已签收 VOIDED 已作废 CLOSED 报到已终止")
class CertificateState(StrEnum):
    IN_FORCE = "IN_FORCE"
    RECEIVED = "RECEIVED"
    VOIDED = "VOIDED"
    CLOSED = "CLOSED"


@strawberry.type(description="报到证核验结果,仅含纸面内容 / What the paper shows, and whether it holds")
class CertificateCheck:
    number: str
    state: CertificateState
    name: str
    unit: str
    community: str
    issued_on: date
    voided_on: date | None


def state_of(registration: Registration, paper: certificates.Certificate) -> CertificateState:
    if paper.voided_at is not None:
        return CertificateState.VOIDED
    if registration.status is RegistrationStatus.COMPLETED:
        return CertificateState.RECEIVED
    return CertificateState.IN_FORCE if registration.status in OPEN else CertificateState.CLOSED


def check(registration: Registration, number: str, *, name: str, unit: str, community: str) -> CertificateCheck:
    """`name` comes masked."""
    paper = next(one for one in registration.certificates if one.number == number)
    return CertificateCheck(
        number=number,
        state=state_of(registration, paper),
        name=name,
        unit=unit,
        community=community,
        issued_on=city_date(paper.issued_at),
        voided_on=city_date(paper.voided_at) if paper.voided_at else None,
    )
