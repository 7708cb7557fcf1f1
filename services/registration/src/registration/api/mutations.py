"""The mutations: each runs one use case, with the caller's permission to be asked for every row."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Info
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from registration.api import inputs as i
from registration.api import results as r
from registration.api.agreements import Agreement
from registration.api.assignments import AssignmentMutations
from registration.api.division_imports import DivisionImport, ImportDivisionsInput, ImportDivisionsResult
from registration.api.grids import Grid
from registration.api.group_mutations import GroupMutations
from registration.api.organ_mutations import OrganMutations
from registration.api.papers import PaperMutations
from registration.api.personal import PersonalMutations
from registration.api.reconciliations import ReconciliationMutations
from registration.api.registrations import Registration
from registration.api.reminders import ReminderMutations
from registration.api.reorganisations import ReorganisationMutations
from registration.api.rosters import (
    AppliedRoster,
    ApplyRosterInput,
    ApplyRosterResult,
    PreviewRosterResult,
    RosterFileInput,
    RosterReview,
)
from registration.api.running import batch, permit, single
from registration.api.transfers import TransferMutations
from registration.api.units import Unit
from registration.domain import registrations
from registration.use_cases.apply_roster import apply_roster
from registration.use_cases.batches import Permit
from registration.use_cases.certify_registrations import certify_registrations
from registration.use_cases.create_grids import create_grids
from registration.use_cases.end_agreement import end_agreement
from registration.use_cases.end_registration import EndRegistration, end_registration
from registration.use_cases.import_divisions import import_divisions
from registration.use_cases.place_registrations import place_registrations
from registration.use_cases.receive_certificates import receive_certificates
from registration.use_cases.register_units import register_units
from registration.use_cases.reject_registration import RejectRegistration, reject_registration
from registration.use_cases.review_roster import review_roster
from registration.use_cases.sign_agreements import sign_agreements
from registration.use_cases.submit_registrations import submit_registrations
from registration.use_cases.void_certificate import VoidCertificate, void_certificate
from registration.use_cases.withdraw_registration import WithdrawRegistration, withdraw_registration

C = TypeVar("C")


def _registration(info: Info) -> Callable[[registrations.Registration], Registration]:
    return lambda one: Registration.of(one, info.context)


@strawberry.type
class Mutation(
    AssignmentMutations,
    GroupMutations,
    OrganMutations,
    PersonalMutations,
    ReconciliationMutations,
    PaperMutations,
    ReminderMutations,
    ReorganisationMutations,
    TransferMutations,
):
    @strawberry.mutation(graphql_type=ImportDivisionsResult, description="导入区划代码表 / Import divisions")
    async def import_divisions(self, info: Info, input: ImportDivisionsInput) -> DivisionImport:
        rows = await asyncio.to_thread(input.to_rows)
        may = permit(info, "Mutation.importDivisions")
        report = await info.context.run(import_divisions, rows, may, input.effective_on)
        return DivisionImport.of(report, info.context.lang)

    @strawberry.mutation(graphql_type=r.RegisterUnitResult)
    async def register_unit(self, info: Info, input: i.RegisterUnitInput) -> Unit:
        return await single(info, "Mutation.registerUnit", register_units, input, Unit.of)

    @strawberry.mutation(graphql_type=r.RegisterUnitsResult)
    async def register_units(self, info: Info, inputs: list[i.RegisterUnitInput]) -> list[Unit | Refusal]:
        return await batch(info, "Mutation.registerUnits", register_units, inputs, Unit.of)

    @strawberry.mutation(graphql_type=r.SignAgreementResult)
    async def sign_agreement(self, info: Info, input: i.SignAgreementInput) -> Agreement:
        return await single(info, "Mutation.signAgreement", sign_agreements, input, Agreement.of)

    @strawberry.mutation(graphql_type=r.SignAgreementsResult)
    async def sign_agreements(self, info: Info, inputs: list[i.SignAgreementInput]) -> list[Agreement | Refusal]:
        return await batch(info, "Mutation.signAgreements", sign_agreements, inputs, Agreement.of)

    @strawberry.mutation(graphql_type=r.EndAgreementResult)
    async def end_agreement(self, info: Info, input: i.EndAgreementInput) -> Agreement:
        ask = permit(info, "Mutation.endAgreement")
        return Agreement.of(await info.context.run(end_agreement, input.id, input.ended_on, ask))

    @strawberry.mutation(
        graphql_type=PreviewRosterResult, description="核对花名册,不保存任何内容 / Check a roster; stores nothing"
    )
    async def preview_roster(self, info: Info, input: RosterFileInput) -> RosterReview:
        reviewed, ignored = await info.context.run(
            review_roster, input.file(), info.context.resource(Vault), permit(info, "Mutation.previewRoster")
        )
        return RosterReview.of(reviewed, ignored)

    @strawberry.mutation(
        graphql_type=ApplyRosterResult,
        description="应用花名册为新版本;有错误行时不保存,除非 acceptGoodRows / Apply a roster as its new version",
    )
    async def apply_roster(self, info: Info, input: ApplyRosterInput) -> AppliedRoster:
        applied = await info.context.run(
            apply_roster,
            input.file(),
            info.context.resource(Vault),
            permit(info, "Mutation.applyRoster"),
            accept_good_rows=input.accept_good_rows,
            effective_on=input.effective_on,
        )
        return AppliedRoster.of(applied)

    @strawberry.mutation(graphql_type=r.SubmitRegistrationResult, description="线上报到 / Submit a registration")
    async def submit_registration(self, info: Info, input: i.SubmitRegistrationInput) -> Registration:
        key = "Mutation.submitRegistration"
        return await single(info, key, submit_registrations, input, _registration(info))

    @strawberry.mutation(graphql_type=r.SubmitRegistrationsResult)
    async def submit_registrations(
        self, info: Info, inputs: list[i.SubmitRegistrationInput]
    ) -> list[Registration | Refusal]:
        key = "Mutation.submitRegistrations"
        return await batch(info, key, submit_registrations, inputs, _registration(info))

    @strawberry.mutation(
        graphql_type=r.CertifyRegistrationResult, description="单位核实并签发报到证 / Certify: issue the certificate"
    )
    async def certify_registration(self, info: Info, input: i.CertifyRegistrationInput) -> Registration:
        key = "Mutation.certifyRegistration"
        return await single(info, key, certify_registrations, input, _registration(info))

    @strawberry.mutation(graphql_type=r.CertifyRegistrationsResult)
    async def certify_registrations(
        self, info: Info, inputs: list[i.CertifyRegistrationInput]
    ) -> list[Registration | Refusal]:
        key = "Mutation.certifyRegistrations"
        return await batch(info, key, certify_registrations, inputs, _registration(info))

    @strawberry.mutation(graphql_type=r.RejectRegistrationResult)
    async def reject_registration(self, info: Info, input: i.RegistrationReasonInput) -> Registration:
        command = RejectRegistration(input.registration_id, input.reason)
        return await _change(info, "Mutation.rejectRegistration", reject_registration, command)

    @strawberry.mutation(
        graphql_type=r.VoidCertificateResult,
        description="作废报到证,可重新签发 / Void a certificate; issue another after",
    )
    async def void_certificate(self, info: Info, input: i.RegistrationReasonInput) -> Registration:
        command = VoidCertificate(input.registration_id, input.reason)
        return await _change(info, "Mutation.voidCertificate", void_certificate, command)

    @strawberry.mutation(
        graphql_type=r.ReceiveCertificateResult,
        description="社区主持人凭报到证签回执,报到完成 / The host signs the receipt: completed",
    )
    async def receive_certificate(self, info: Info, input: i.ReceiveCertificateInput) -> Registration:
        key = "Mutation.receiveCertificate"
        return await single(info, key, receive_certificates, input, _registration(info))

    @strawberry.mutation(graphql_type=r.ReceiveCertificatesResult)
    async def receive_certificates(
        self, info: Info, inputs: list[i.ReceiveCertificateInput]
    ) -> list[Registration | Refusal]:
        key = "Mutation.receiveCertificates"
        return await batch(info, key, receive_certificates, inputs, _registration(info))

    @strawberry.mutation(graphql_type=r.WithdrawRegistrationResult)
    async def withdraw_registration(self, info: Info, input: i.RegistrationReasonInput) -> Registration:
        command = WithdrawRegistration(input.registration_id, input.reason)
        return await _change(info, "Mutation.withdrawRegistration", withdraw_registration, command)

    @strawberry.mutation(graphql_type=r.EndRegistrationResult)
    async def end_registration(self, info: Info, input: i.RegistrationReasonInput) -> Registration:
        command = EndRegistration(input.registration_id, input.reason)
        return await _change(info, "Mutation.endRegistration", end_registration, command)

    @strawberry.mutation(graphql_type=r.CreateGridResult)
    async def create_grid(self, info: Info, input: i.CreateGridInput) -> Grid:
        return await single(info, "Mutation.createGrid", create_grids, input, Grid.of)

    @strawberry.mutation(graphql_type=r.CreateGridsResult)
    async def create_grids(self, info: Info, inputs: list[i.CreateGridInput]) -> list[Grid | Refusal]:
        return await batch(info, "Mutation.createGrids", create_grids, inputs, Grid.of)

    @strawberry.mutation(
        graphql_type=r.PlaceRegistrationResult,
        description="编入网格、党小组、小队 / Into a grid, a group and a squad of it",
    )
    async def place_registration(self, info: Info, input: i.PlaceRegistrationInput) -> Registration:
        key = "Mutation.placeRegistration"
        return await single(info, key, place_registrations, input, _registration(info))

    @strawberry.mutation(graphql_type=r.PlaceRegistrationsResult)
    async def place_registrations(
        self, info: Info, inputs: list[i.PlaceRegistrationInput]
    ) -> list[Registration | Refusal]:
        key = "Mutation.placeRegistrations"
        return await batch(info, key, place_registrations, inputs, _registration(info))


async def _change(
    info: Info, key: str, use_case: Callable[[Work, C, Permit], Awaitable[registrations.Registration]], command: C
) -> Registration:
    return Registration.of(await info.context.run(use_case, command, permit(info, key)), info.context)
