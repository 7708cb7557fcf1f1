"""Inputs of the mutations, each able to say which command it is."""

from datetime import date

import strawberry
from servicekit.graphql import rows, text

from registration.api.enums import Support
from registration.use_cases.assign_members import AssignMember
from registration.use_cases.certify_registrations import CertifyRegistration
from registration.use_cases.create_grids import CreateGrid
from registration.use_cases.place_registrations import PlaceRegistration
from registration.use_cases.receive_certificates import ReceiveCertificate
from registration.use_cases.register_units import RegisterUnit
from registration.use_cases.sign_agreements import SignAgreement
from registration.use_cases.submit_registrations import SubmitRegistration


@strawberry.input
class RegisterUnitInput:
    name: str = text(max=200, min=1)
    credit_code: str = text(max=40)
    line: str = text(max=40, min=1)
    division: strawberry.ID

    def command(self) -> RegisterUnit:
        return RegisterUnit(self.name, self.credit_code, self.line, self.division)


@strawberry.input
class SignAgreementInput:
    unit_id: strawberry.ID
    community_code: strawberry.ID
    primary: bool = False
    support: list[Support] = rows(max=5)
    starts_on: date
    ends_on: date | None = None

    def command(self) -> SignAgreement:
        support = list(dict.fromkeys(self.support))
        return SignAgreement(self.unit_id, self.community_code, self.primary, support, self.starts_on, self.ends_on)


@strawberry.input
class EndAgreementInput:
    id: strawberry.ID
    ended_on: date | None = None


@strawberry.input(
    description="residence 为居住社区代码,compound 为小区名称,building 为楼栋或单元 / residence: a community's code; "
    "compound: a name in it; building: one there, or a stair"
)
class SubmitRegistrationInput:
    member_id: strawberry.ID
    residence: strawberry.ID | None = None
    compound: str | None = text(max=100, default=None)
    building: str | None = text(max=100, default=None)

    def command(self) -> SubmitRegistration:
        return SubmitRegistration(self.member_id, self.residence, self.compound, self.building)


@strawberry.input
class AssignMemberInput:
    member_id: strawberry.ID
    community_code: strawberry.ID
    reason: str = text(max=500, min=1)

    def command(self) -> AssignMember:
        return AssignMember(self.member_id, self.community_code, self.reason)


@strawberry.input
class CertifyRegistrationInput:
    registration_id: strawberry.ID

    def command(self) -> CertifyRegistration:
        return CertifyRegistration(self.registration_id)


@strawberry.input
class RegistrationReasonInput:
    registration_id: strawberry.ID
    reason: str = text(max=500, min=1)


@strawberry.input(description="receivedOn 为回执上的日期,默认今天 / receivedOn: the receipt's date, today by default")
class ReceiveCertificateInput:
    certificate_number: str = text(max=60)
    received_on: date | None = None

    def command(self) -> ReceiveCertificate:
        return ReceiveCertificate(self.certificate_number, self.received_on)


@strawberry.input
class CreateGridInput:
    community_code: strawberry.ID
    name: str = text(max=100, min=1)
    compounds: list[str] = rows(max=50, default=())

    def command(self) -> CreateGrid:
        return CreateGrid(self.community_code, self.name, list(self.compounds))


@strawberry.input(
    description="完整位置:未填党小组或小队即不在其中 / The whole place: without a group or squad it is in none"
)
class PlaceRegistrationInput:
    registration_id: strawberry.ID
    grid_id: strawberry.ID
    group_id: strawberry.ID | None = None
    squad_id: strawberry.ID | None = None

    def command(self) -> PlaceRegistration:
        return PlaceRegistration(self.registration_id, self.grid_id, self.group_id, self.squad_id)
