"""Questions and mutations about personal data."""

import strawberry
from servicekit.domain import NotFound, TooManyRows
from servicekit.graphql import Connection, Info, connection, result_union, rows, text
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.enums import CorrectableField, DataCorrectionStatus, PersonalField, RevealPurpose
from registration.api.members import Member, present_members
from registration.api.personal_types import (
    ConsentText,
    DataCorrection,
    DataReveal,
    PersonalExport,
    RevealedPersonalData,
)
from registration.api.running import permit
from registration.domain import consents, data_corrections, reveals
from registration.domain.consents import ConsentOutdated, NoConsentGiven, city_of
from registration.domain.data_corrections import (
    DataCorrectionDecided,
    DataCorrectionImpossible,
    DataCorrectionPending,
)
from registration.domain.divisions import parse_code
from registration.domain.reveals import ConsentMissing
from registration.storage import personal
from registration.use_cases.correct_personal_data import (
    DecideDataCorrection,
    RequestDataCorrection,
    decide_data_correction,
    request_data_correction,
)
from registration.use_cases.export_personal_data import export_personal_data
from registration.use_cases.give_consent import (
    PublishConsentText,
    give_consent,
    publish_consent_text,
    withdraw_consent,
)
from registration.use_cases.reveal_personal_data import RevealPersonalData, reveal_personal_data


@strawberry.input(description="note 说明具体用途,请勿写入个人信息 / note says what for; put no personal data in it")
class RevealPersonalDataInput:
    member_id: strawberry.ID
    fields: list[PersonalField] = rows(max=3)
    purpose: RevealPurpose
    note: str = text(max=200, min=4)


@strawberry.input
class PublishConsentTextInput:
    city: strawberry.ID
    zh: str = text(max=5_000, min=1)
    en: str = text(max=10_000, min=1)


@strawberry.input
class GiveConsentInput:
    member_id: strawberry.ID
    version: int


@strawberry.input
class OwnDataInput:
    member_id: strawberry.ID


@strawberry.input
class RequestDataCorrectionInput:
    member_id: strawberry.ID
    field: CorrectableField
    value: str = text(max=100, min=1)
    reason: str = text(max=200, min=1)


@strawberry.input
class DecideDataCorrectionInput:
    correction_id: strawberry.ID
    accept: bool
    note: str = text(max=200, default="")


RevealPersonalDataResult = result_union(
    "RevealPersonalDataResult", RevealedPersonalData, ConsentMissing, NotFound, TooManyRows
)
PublishConsentTextResult = result_union("PublishConsentTextResult", ConsentText)
GiveConsentResult = result_union("GiveConsentResult", Member, ConsentOutdated, NotFound)
WithdrawConsentResult = result_union("WithdrawConsentResult", Member, NoConsentGiven, NotFound)
RequestDataCorrectionResult = result_union(
    "RequestDataCorrectionResult", DataCorrection, DataCorrectionPending, NotFound
)
DecideDataCorrectionResult = result_union(
    "DecideDataCorrectionResult", DataCorrection, DataCorrectionDecided, DataCorrectionImpossible, NotFound
)
ExportPersonalDataResult = result_union("ExportPersonalDataResult", PersonalExport, NotFound)


@strawberry.type
class PersonalQueries:
    @strawberry.field(description="现行个人信息告知书 / The city's notice in force, of any division in it")
    async def consent_text(self, info: Info, division: strawberry.ID) -> ConsentText | None:
        city = city_of(parse_code(division, path="division"))
        found = await personal.current_text(info.context.database, city)
        return ConsentText.of(restore(consents.ConsentText, found)) if found else None

    @strawberry.field(description="查看记录,由旧到新 / What was revealed in a county (its code), oldest first")
    async def data_reveals(
        self, info: Info, lane: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[DataReveal]:
        info.context.require("Query.dataReveals", Target(division=lane))
        page = await personal.reveals_of_lane(info.context.database, lane, first, after)
        return connection(page, lambda one: DataReveal.of(restore(reveals.Reveal, one)))

    @strawberry.field(description="单位的更正申请 / Corrections that a unit's members asked for")
    async def data_corrections(
        self,
        info: Info,
        unit: strawberry.ID,
        status: DataCorrectionStatus | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[DataCorrection]:
        found = await info.context.loaders.find(loaders.units, unit)
        target = Target(division=found.division, unit=found.id, line=found.line) if found else Target()
        info.context.require("Query.dataCorrections", target)
        wanted = status and status.value
        page = await personal.corrections_of_unit(info.context.database, unit, wanted, first, after)
        vault = info.context.resource(Vault)
        return connection(page, lambda one: DataCorrection.of(restore(data_corrections.DataCorrection, one), vault))


@strawberry.type
class PersonalMutations:
    @strawberry.mutation(
        graphql_type=RevealPersonalDataResult,
        description="查看明文,记录在案,本人与审计可见 / See it in clear: logged, for the member and auditors to see",
    )
    async def reveal_personal_data(self, info: Info, input: RevealPersonalDataInput) -> RevealedPersonalData:
        command = RevealPersonalData(input.member_id, list(input.fields), input.purpose, input.note)
        ask, vault = permit(info, "Mutation.revealPersonalData"), info.context.resource(Vault)
        return RevealedPersonalData.of(await info.context.run(reveal_personal_data, command, vault, ask))

    @strawberry.mutation(graphql_type=PublishConsentTextResult, description="发布告知书新版本 / In force at once")
    async def publish_consent_text(self, info: Info, input: PublishConsentTextInput) -> ConsentText:
        command = PublishConsentText(input.city, input.zh, input.en)
        ask = permit(info, "Mutation.publishConsentText")
        return ConsentText.of(await info.context.run(publish_consent_text, command, ask))

    @strawberry.mutation(graphql_type=GiveConsentResult, description="本人同意现行版本 / The member's own act")
    async def give_consent(self, info: Info, input: GiveConsentInput) -> Member:
        ask = permit(info, "Mutation.giveConsent")
        member = await info.context.run(give_consent, input.member_id, input.version, ask)
        return (await present_members(info.context, [member]))[0]

    @strawberry.mutation(graphql_type=WithdrawConsentResult)
    async def withdraw_consent(self, info: Info, input: OwnDataInput) -> Member:
        ask = permit(info, "Mutation.withdrawConsent")
        member = await info.context.run(withdraw_consent, input.member_id, ask)
        return (await present_members(info.context, [member]))[0]

    @strawberry.mutation(
        graphql_type=RequestDataCorrectionResult, description="本人申请更正个人信息 / Ask the unit to correct it"
    )
    async def request_data_correction(self, info: Info, input: RequestDataCorrectionInput) -> DataCorrection:
        command = RequestDataCorrection(input.member_id, input.field, input.value, input.reason)
        ask, vault = permit(info, "Mutation.requestDataCorrection"), info.context.resource(Vault)
        return DataCorrection.of(await info.context.run(request_data_correction, command, vault, ask), vault)

    @strawberry.mutation(graphql_type=DecideDataCorrectionResult)
    async def decide_data_correction(self, info: Info, input: DecideDataCorrectionInput) -> DataCorrection:
        command = DecideDataCorrection(input.correction_id, input.accept, input.note)
        ask, vault = permit(info, "Mutation.decideDataCorrection"), info.context.resource(Vault)
        return DataCorrection.of(await info.context.run(decide_data_correction, command, vault, ask), vault)

    @strawberry.mutation(
        graphql_type=ExportPersonalDataResult, description="本人导出 / The member's own export, logged as a reveal"
    )
    async def export_personal_data(self, info: Info, input: OwnDataInput) -> PersonalExport:
        ask, vault = permit(info, "Mutation.exportPersonalData"), info.context.resource(Vault)
        return PersonalExport.of(await info.context.run(export_personal_data, input.member_id, vault, ask))
