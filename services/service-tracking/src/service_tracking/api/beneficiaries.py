"""Beneficiaries in the graph: that somebody's identity is kept, and the log of who was shown it. Never the identity."""

from datetime import date, datetime
from typing import Self

import strawberry
from servicekit.graphql import Connection, Info, connection, text
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.foreign import Community
from service_tracking.domain import beneficiary as beneficiaries
from service_tracking.domain.beneficiary import Consent, ConsentGiver, Guardian, Identity, RevealedTo
from service_tracking.use_cases.record_beneficiaries import RecordBeneficiary
from service_tracking.use_cases.reveal_beneficiary import RevealBeneficiary

PHONE = r"[0-9+() -]{5,20}"

strawberry.enum(ConsentGiver, description="本人、监护人 / Who consented: the beneficiary, or a minor's guardian")
strawberry.enum(RevealedTo, description="认领人、社区 / Who was shown it: the claimant, or the host")


@strawberry.type(description="知情同意 / To which text somebody consented, and when")
class ConsentGiven:
    given_by: ConsentGiver
    version: str
    given_on: date


@strawberry.type(description="查看记录 / Who was shown the identity, when and what for")
class BeneficiaryReveal:
    id: strawberry.ID
    offer_id: strawberry.ID
    claim_id: strawberry.ID | None
    to: RevealedTo
    by: str
    purpose: str
    at: datetime
    policy_target: strawberry.Private[Target]

    @classmethod
    def kept(cls, document: Document) -> Self:
        one = restore(beneficiaries.Reveal, document)
        return cls(
            id=strawberry.ID(one.id),
            offer_id=strawberry.ID(one.offer_id),
            claim_id=strawberry.ID(one.claim_id) if one.claim_id else None,
            to=one.to,
            by=one.by,
            purpose=one.purpose,
            at=one.at,
            policy_target=Target(division=one.community),
        )


@strawberry.type(description="受助人(不含身份) / Who an offer is for, without the identity")
class Beneficiary:
    offer_id: strawberry.ID
    community: Community
    held: bool = strawberry.field(description="身份信息是否仍保存 / Whether the identity is still kept")
    minor: bool
    consent: ConsentGiven
    recorded_by: str
    recorded_at: datetime
    erased_at: datetime | None
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="查看记录 / The log of reveals")
    async def reveals(self, info: Info, first: int = 20, after: str | None = None) -> Connection[BeneficiaryReveal]:
        page = await info.context.loaders.load(loaders.reveals_per_parent, self.offer_id, "offer_id", first, after)
        return connection(page, BeneficiaryReveal.kept)

    @classmethod
    def of(cls, one: beneficiaries.Beneficiary) -> Self:
        return cls(
            offer_id=strawberry.ID(one.id),
            community=Community(code=strawberry.ID(one.community)),
            held=one.sealed is not None,
            minor=one.minor,
            consent=ConsentGiven(**dict(one.consent)),
            recorded_by=one.recorded_by,
            recorded_at=one.recorded_at,
            erased_at=one.erased_at,
            policy_target=Target(division=one.community),
        )


@strawberry.type(description="联系人;未成年人为其监护人 / Whom to speak to: a minor's guardian")
class BeneficiaryContact:
    name: str
    relation: str
    phone: str
    address: str


@strawberry.type(description="受助人身份,查看已记入日志 / The identity; that it was shown is in the log")
class RevealedBeneficiary:
    offer_id: strawberry.ID
    reveal_id: strawberry.ID
    name: str | None = strawberry.field(description="未成年人的姓名仅社区可见 / A minor's is for the host only")
    contact: BeneficiaryContact

    @classmethod
    def of(cls, reveal: beneficiaries.Reveal, identity: Identity) -> Self:
        contact = identity.contact()
        named = identity.guardian is None or reveal.to is RevealedTo.HOST
        return cls(
            offer_id=strawberry.ID(reveal.offer_id),
            reveal_id=strawberry.ID(reveal.id),
            name=identity.name if named else None,
            contact=BeneficiaryContact(
                name=contact.name, relation=contact.relation, phone=contact.phone, address=contact.address
            ),
        )


@strawberry.type
class CommunityReveals:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="受助人信息查看记录 / Who was shown beneficiaries' identities in this community")
    async def beneficiary_reveals(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[BeneficiaryReveal] | None:
        info.context.require("BeneficiaryReveal", Target(division=self.code))
        page = await info.context.loaders.load(loaders.reveals_per_parent, self.code, "community", first, after)
        return connection(page, BeneficiaryReveal.kept)


@strawberry.type
class BeneficiaryQueries:
    @strawberry.field(description="某微心愿或结对需求的受助人(不含身份) / Who an offer is for, without the identity")
    async def beneficiary(self, info: Info, offer_id: strawberry.ID) -> Beneficiary | None:
        found = await info.context.loaders.find(loaders.beneficiaries_by_id, offer_id)
        if found is None:
            info.context.permits_many("Query.beneficiary", ())
            return None
        beneficiary = Beneficiary.of(found)
        info.context.require("Query.beneficiary", beneficiary.policy_target)
        return beneficiary


@strawberry.input(description="监护人,受助人未成年时必填 / For a minor")
class GuardianInput:
    name: str = text(max=40, min=1)
    relation: str = text(max=20, min=1)
    phone: str = text(max=20, pattern=PHONE)


@strawberry.input(description="知情同意 / To which text, when")
class ConsentInput:
    version: str = text(max=40, min=1)
    given_on: date


@strawberry.input
class RecordBeneficiaryInput:
    offer_id: strawberry.ID
    name: str = text(max=40, min=1)
    phone: str = text(max=20, default="")
    address: str = text(max=200, min=1)
    guardian: GuardianInput | None = None
    consent: ConsentInput

    def command(self) -> RecordBeneficiary:
        guardian = self.guardian and Guardian(
            name=self.guardian.name, relation=self.guardian.relation, phone=self.guardian.phone
        )
        giver = ConsentGiver.GUARDIAN if guardian else ConsentGiver.SELF
        return RecordBeneficiary(
            self.offer_id,
            Identity(name=self.name, phone=self.phone, address=self.address, guardian=guardian),
            Consent(given_by=giver, version=self.consent.version, given_on=self.consent.given_on),
        )


@strawberry.input
class RevealBeneficiaryInput:
    offer_id: strawberry.ID
    purpose: str = text(max=200)

    def command(self, claim_id: str | None) -> RevealBeneficiary:
        return RevealBeneficiary(self.offer_id, self.purpose, claim_id)


@strawberry.input
class EraseBeneficiaryInput:
    offer_id: strawberry.ID
