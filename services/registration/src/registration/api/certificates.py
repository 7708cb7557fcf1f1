"""Certificates in the graph: the paper for its holder, and what anybody may verify."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import strawberry
from servicekit.documents.fonts import Fonts
from servicekit.documents.qr import qr_svg
from servicekit.graphql import Context, Info
from servicekit.security.vault import Vault

from registration.api import loaders
from registration.api.policy import PAPER_HOLDERS
from registration.documents.certificate_pdf import PrintedCertificate, certificate_pdf
from registration.domain import certificates
from registration.domain.calendar import city_date
from registration.domain.people import masked_id_number
from registration.domain.registrations import OPEN, Registration, RegistrationStatus
from registration.use_cases.change_registrations import target_of
from registration.use_cases.sealed_records import open_personal_data


@dataclass(frozen=True, slots=True)
class CertificateAddress:
    """Where a certificate is verified: the number is put behind it."""

    url: str


@strawberry.type(description="报到证 / A certificate of registration")
class Certificate:
    number: str
    issued_at: datetime
    qr_payload: str
    registration: strawberry.Private[Registration]

    @strawberry.field(description="A4 纸面 PDF,仅本人和单位 / The paper as a PDF, base64; for its holder and the unit")
    async def pdf_base64(self, info: Info) -> str | None:
        key = "Registration.certificateNumber"
        if not PAPER_HOLDERS.permits(info.context.principal, target_of(self.registration), key):
            return None
        place = info.context.files.place()
        paper = await _printed(info.context, self)
        content = await place.make(certificate_pdf, paper, info.context.resource(Fonts))
        return base64.b64encode(content).decode()

    @strawberry.field(description="二维码 / The QR code of qrPayload, as SVG")
    def qr_svg(self) -> str:
        return qr_svg(self.qr_payload)


def issued(context: Context, paper: certificates.Certificate, registration: Registration) -> Certificate:
    payload = context.resource(CertificateAddress).url + paper.number
    return Certificate(number=paper.number, issued_at=paper.issued_at, qr_payload=payload, registration=registration)


async def _printed(context: Context, paper: Certificate) -> PrintedCertificate:
    load, registration = context.loaders.load, paper.registration
    member = await load(loaders.members, registration.member_id)
    unit = await load(loaders.units, registration.unit_id)
    place = await load(loaders.divisions, registration.community_code)
    data = open_personal_data(context.resource(Vault), member)
    return PrintedCertificate(
        number=paper.number,
        name=data.name,
        id_number=masked_id_number(data.id_number),
        unit=unit.name,
        community=place.name,
        issued_at=paper.issued_at,
        qr_payload=paper.qr_payload,
    )


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
