"""Personal data in the graph: reveals, consents, corrections and the member's own export."""

from datetime import datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.enums import CorrectableField, DataCorrectionStatus, PersonalField, RevealPurpose
from registration.domain import consents, data_corrections, members, reveals
from registration.domain.consents import city_of
from registration.domain.people import masked_id_number, masked_name, masked_phone
from registration.use_cases.export_personal_data import FORMAT, Exported
from registration.use_cases.reveal_personal_data import Revealed

_MASKS = {
    CorrectableField.NAME: masked_name,
    CorrectableField.ID_NUMBER: masked_id_number,
    CorrectableField.PHONE: masked_phone,
}


@strawberry.type(description="一次查看的记录:谁、何时、为何看了哪些项 / Who was shown what, when and why")
class DataReveal:
    id: strawberry.ID
    member_id: strawberry.ID
    fields: list[PersonalField]
    purpose: RevealPurpose
    note: str
    by: str
    at: datetime

    @classmethod
    def of(cls, one: reveals.Reveal) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            member_id=strawberry.ID(one.member_id),
            fields=one.fields,
            purpose=one.purpose,
            note=one.note,
            by=one.by,
            at=one.at,
        )


@strawberry.type(description="明文,仅含所请求的项;请勿留存 / In clear, the fields asked for; do not keep it")
class RevealedPersonalData:
    reveal: DataReveal
    name: str | None
    id_number: str | None
    phone: str | None

    @classmethod
    def of(cls, one: Revealed) -> Self:
        shown: dict[str, Any] = {
            field.value.lower(): getattr(one.data, field.value.lower()) if field in one.reveal.fields else None
            for field in PersonalField
        }
        return cls(reveal=DataReveal.of(one.reveal), **shown)


@strawberry.type(description="个人信息告知书的一个版本 / A version of the city's notice on personal data")
class ConsentText:
    version: int
    zh: str
    en: str
    published_at: datetime

    @classmethod
    def of(cls, one: consents.ConsentText) -> Self:
        return cls(version=one.number, zh=one.zh, en=one.en, published_at=one.published_at)


@strawberry.type(description="党员最近一次同意 / The member's newest consent")
class DataConsent:
    version: int
    given_at: datetime
    withdrawn_at: datetime | None
    in_force: bool = strawberry.field(description="是否为现行版本且未撤回 / Of the version in force")

    @classmethod
    def of(cls, consent: consents.Consent, current: int | None) -> Self | None:
        if not consent.given:
            return None
        newest = consent.given[-1]
        return cls(
            version=newest.number,
            given_at=newest.given_at,
            withdrawn_at=newest.withdrawn_at,
            in_force=consent.covers(current),
        )


@strawberry.type(description="个人信息更正申请 / A correction that the member asked for")
class DataCorrection:
    id: strawberry.ID
    member_id: strawberry.ID
    field: CorrectableField
    reason: str
    status: DataCorrectionStatus
    asked_at: datetime
    decided_at: datetime | None
    note: str | None
    correction: strawberry.Private[data_corrections.DataCorrection]
    vault: strawberry.Private[Vault]

    @property
    def policy_target(self) -> Target:
        one = self.correction
        return Target(division=one.unit_division, unit=one.unit_id, member=one.member_id, line=one.line)

    @strawberry.field(description="已脱敏 / Masked")
    def value(self) -> str:
        return _MASKS[self.correction.field](self.vault.open(self.correction.sealed, self.correction.id))

    @classmethod
    def of(cls, one: data_corrections.DataCorrection, vault: Vault) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            member_id=strawberry.ID(one.member_id),
            field=one.field,
            reason=one.reason,
            status=one.status,
            asked_at=one.asked_at,
            decided_at=one.decided_at,
            note=one.note,
            correction=one,
            vault=vault,
        )


@strawberry.type(description="本服务所持的本人全部信息 / Everything that this service holds about the member, as JSON")
class PersonalExport:
    format: str
    made_at: datetime
    json: str

    @classmethod
    def of(cls, one: Exported) -> Self:
        return cls(format=FORMAT, made_at=one.made_at, json=one.json)


@strawberry.type
class MemberPersonalData:
    """What a member has of this."""

    id: strawberry.ID
    member: strawberry.Private[members.Member]
    vault: strawberry.Private[Vault]

    @strawberry.field(description="谁查看过其个人信息 / Who was shown the personal data, oldest first")
    async def reveals(self, info: Info, first: int = 20, after: str | None = None) -> Connection[DataReveal] | None:
        page = await info.context.loaders.load(loaders.member_reveals, self.id, first=first, after=after)
        return connection(page, lambda one: DataReveal.of(restore(reveals.Reveal, one)))

    @strawberry.field(description="更正申请,由旧到新 / Corrections asked for, oldest first")
    async def corrections(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[DataCorrection] | None:
        page = await info.context.loaders.load(loaders.member_corrections, self.id, first=first, after=after)
        return connection(
            page, lambda one: DataCorrection.of(restore(data_corrections.DataCorrection, one), self.vault)
        )

    @strawberry.field
    async def consent(self, info: Info) -> DataConsent | None:
        found = await info.context.loaders.find(loaders.consents, self.id)
        current = await info.context.loaders.find(loaders.consent_texts, city_of(self.member.lane))
        return DataConsent.of(found, current.number if current else None) if found else None
