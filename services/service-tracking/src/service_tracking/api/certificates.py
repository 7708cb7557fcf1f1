"""Service certificates in the graph: the paper for its holder, and what anybody may verify."""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

import strawberry
from servicekit.documents.fonts import Fonts
from servicekit.documents.qr import qr_svg
from servicekit.graphql import Connection, Context, Info, connection, text, text_argument
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Document
from servicekit.storage.paging import Page, page_per_parent
from servicekit.storage.work import restore

from service_tracking.api.foreign import Community, Member
from service_tracking.api.visible import visible
from service_tracking.documents.certificate_pdf import CertificateAddress, certificate_pdf
from service_tracking.domain import service_certificate as certificates
from service_tracking.domain.days import day_of
from service_tracking.domain.service import Vanguard
from service_tracking.domain.service_certificate import NUMBERS, CertificateDraft, CertificateState, masked_name
from service_tracking.storage.certificates import certificate_by_number, states_of
from service_tracking.storage.collections import CERTIFICATES
from service_tracking.use_cases.issue_certificate import IssueCertificate

KEY = "ServiceCertificate"
strawberry.enum(
    CertificateState,
    name="ServiceCertificateState",
    description="有效、已更新(记录有更正)、已撤销 / Valid, superseded by a correction, revoked",
)


@strawberry.type(description="证明中的一次服务 / One service in a certificate")
class CertifiedService:
    activity: str
    served_on: date
    hours: Decimal
    vanguard: Vanguard

    @classmethod
    def of(cls, one: certificates.CertifiedService) -> Self:
        return cls(activity=one.activity, served_on=one.served_on, hours=one.hours, vanguard=one.vanguard)


@strawberry.type(description="服务证明核验结果:证明的内容,姓名隐去 / What the paper says, the name masked")
class ServiceCertificateCheck:
    number: str
    state: CertificateState
    name: str
    member_id: strawberry.ID
    community_code: strawberry.ID
    starts_on: date
    ends_on: date
    hours: Decimal
    services: list[CertifiedService]
    issuer: str
    person_in_charge: str
    handler: str
    contact: str
    remarks: str
    issued_on: date
    revoked_on: date | None

    @classmethod
    def of(cls, one: certificates.ServiceCertificate, state: CertificateState, name: str) -> Self:
        return cls(
            state=state,
            name=masked_name(name),
            member_id=strawberry.ID(one.member_id),
            community_code=strawberry.ID(one.community),
            services=[CertifiedService.of(service) for service in one.services],
            issued_on=day_of(one.issued_at),
            revoked_on=day_of(one.revoked_at) if one.revoked_at else None,
            **{name: getattr(one, name) for name in _SAID},
        )


@strawberry.type(description="服务证明 / A service certificate")
class ServiceCertificate:
    number: str
    member: Member
    community: Community
    starts_on: date
    ends_on: date
    hours: Decimal
    services: list[CertifiedService]
    issuer: str
    person_in_charge: str
    handler: str
    contact: str
    remarks: str
    issued_at: datetime
    revoked_at: datetime | None
    kept: strawberry.Private[certificates.ServiceCertificate]
    policy_target: strawberry.Private[Target]

    @strawberry.field
    async def state(self, info: Info) -> CertificateState:
        return await info.context.loaders.load(certificate_states, self.kept.id)

    @strawberry.field(description="二维码内容 / What the QR code holds")
    def qr_payload(self, info: Info) -> str:
        return info.context.resource(CertificateAddress).url + self.number

    @strawberry.field(description="二维码 / The QR code, as SVG")
    def qr_svg(self, info: Info) -> str:
        return qr_svg(info.context.resource(CertificateAddress).url + self.number)

    @strawberry.field(
        description="A4 纸面 PDF,仅有效的证明,仅本人、单位和出具社区 / The paper as a PDF, base64, while it is valid; "
        "for its holder, the unit and the issuer"
    )
    async def pdf_base64(self, info: Info) -> str | None:
        context = info.context
        if await context.loaders.load(certificate_states, self.kept.id) is not CertificateState.VALID:
            return None
        payload = context.resource(CertificateAddress).url + self.number
        name = context.resource(Vault).open(self.kept.sealed, self.kept.id)
        content = await context.files.place().make(certificate_pdf, self.kept, name, payload, context.resource(Fonts))
        return base64.b64encode(content).decode()

    @classmethod
    def of(cls, one: certificates.ServiceCertificate) -> Self:
        return cls(
            member=Member(id=strawberry.ID(one.member_id)),
            community=Community(code=strawberry.ID(one.community)),
            services=[CertifiedService.of(service) for service in one.services],
            issued_at=one.issued_at,
            revoked_at=one.revoked_at,
            kept=one,
            policy_target=Target(division=one.community, unit=one.unit_id, member=one.member_id),
            **{name: getattr(one, name) for name in _SAID},
        )

    @classmethod
    def read(cls, document: Document) -> Self:
        return cls.of(restore(certificates.ServiceCertificate, document))


@strawberry.type
class MemberCertificates:
    """What a member has of this."""

    id: strawberry.ID

    @strawberry.field(description="服务证明(仅列出您有权查看的) / Service certificates, those that you may see")
    async def service_certificates(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[ServiceCertificate] | None:
        page = await info.context.loaders.load(certificates_per_member, self.id, first, after)
        return connection(page, ServiceCertificate.read)


@strawberry.type
class CertificateQueries:
    @strawberry.field(description="核验服务证明(公开) / Verify a service certificate; for anybody")
    async def service_certificate(
        self, info: Info, number: Annotated[str, text_argument(max=60)]
    ) -> ServiceCertificateCheck | None:
        return await check(info.context.database, info.context.resource(Vault), NUMBERS.check(number, "number"))


@strawberry.input
class IssueServiceCertificateInput:
    member_id: strawberry.ID
    community_code: strawberry.ID
    holder_name: str = text(max=40, min=1)
    starts_on: date
    ends_on: date
    issuer: str = text(max=100, min=1)
    person_in_charge: str = text(max=40, min=1)
    handler: str = text(max=40, min=1)
    contact: str = text(max=60, min=1)
    remarks: str = text(max=500, default="")
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> IssueCertificate:
        said = {name: getattr(self, name) for name in _DRAFTED}
        return IssueCertificate(CertificateDraft(community=self.community_code, **said), self.holder_name)


@strawberry.input
class RevokeServiceCertificateInput:
    number: str = text(max=60)
    reason: str = text(max=500)


async def check(database: Any, vault: Vault, number: str) -> ServiceCertificateCheck | None:
    """`number` as it is stored. None where no certificate has it."""
    found = await certificate_by_number(database, number)
    if found is None:
        return None
    states = await states_of(database, [found])
    return ServiceCertificateCheck.of(found, states[found.id], vault.open(found.sealed, found.id))


async def certificates_per_member(
    context: Context, members: Sequence[str], first: int, after: str | None
) -> Mapping[str, Page]:
    """Those that the principal may see."""
    match = visible(context, KEY)
    return await page_per_parent(
        context.database[CERTIFICATES], "member_id", members, first=first, after=after, match=match
    )


async def certificate_states(context: Context, ids: Sequence[str]) -> Mapping[str, CertificateState]:
    found = context.database[CERTIFICATES].find({"_id": {"$in": list(ids)}})
    kept = [restore(certificates.ServiceCertificate, document) async for document in found]
    return await states_of(context.database, kept)


_SAID = (
    *("number", "starts_on", "ends_on", "hours"),
    *("issuer", "person_in_charge", "handler", "contact", "remarks"),
)
_DRAFTED = (
    *("member_id", "starts_on", "ends_on", "reference"),
    *("issuer", "person_in_charge", "handler", "contact", "remarks"),
)
