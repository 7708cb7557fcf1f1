"""Mutations of a registration's later life: transfer, leave of absence, and the member's change of unit."""

from datetime import date

import strawberry
from servicekit.domain import NotFound
from servicekit.graphql import Info, result_union, text

from registration.api.members import Member, present_members
from registration.api.registrations import Registration
from registration.api.running import permit
from registration.domain.divisions import CommunityWithdrawn
from registration.domain.members import NotOnRoster
from registration.domain.registrations import (
    AlreadyThere,
    LeaveOverlaps,
    RegistrationAlreadySubmitted,
    RegistrationClosed,
)
from registration.domain.units import UnitMerged
from registration.use_cases.grant_leave import GrantLeave, grant_leave
from registration.use_cases.transfer_member import TransferMember, transfer_member
from registration.use_cases.transfer_registration import TransferRegistration, transfer_registration


@strawberry.input(description="residence 为迁入社区代码 / residence: the community that the member moves to")
class TransferRegistrationInput:
    registration_id: strawberry.ID
    residence: strawberry.ID


@strawberry.input(description="起止日期均含 / Both days included")
class GrantLeaveInput:
    registration_id: strawberry.ID
    starts_on: date
    ends_on: date
    reason: str = text(max=500, min=1)


@strawberry.input
class TransferMemberInput:
    member_id: strawberry.ID
    to_unit_id: strawberry.ID
    effective_on: date | None = None


TransferRegistrationResult = result_union(
    "TransferRegistrationResult",
    Registration,
    AlreadyThere,
    RegistrationAlreadySubmitted,
    RegistrationClosed,
    NotOnRoster,
    CommunityWithdrawn,
    NotFound,
)
GrantLeaveResult = result_union("GrantLeaveResult", Registration, LeaveOverlaps, RegistrationClosed, NotFound)
TransferMemberResult = result_union("TransferMemberResult", Member, NotOnRoster, UnitMerged, NotFound)


@strawberry.type
class TransferMutations:
    @strawberry.mutation(
        graphql_type=TransferRegistrationResult,
        description="转接报到:新报到完成时原报到同时终止 / Transfer: the old one ends when the new one completes",
    )
    async def transfer_registration(self, info: Info, input: TransferRegistrationInput) -> Registration:
        command = TransferRegistration(input.registration_id, input.residence)
        may = permit(info, "Mutation.transferRegistration")
        return Registration.of(await info.context.run(transfer_registration, command, may), info.context)

    @strawberry.mutation(graphql_type=GrantLeaveResult, description="准假 / Grant a leave of absence")
    async def grant_leave(self, info: Info, input: GrantLeaveInput) -> Registration:
        command = GrantLeave(input.registration_id, input.starts_on, input.ends_on, input.reason)
        may = permit(info, "Mutation.grantLeave")
        return Registration.of(await info.context.run(grant_leave, command, may), info.context)

    @strawberry.mutation(
        graphql_type=TransferMemberResult, description="党员转单位,须对两单位均有权 / To another unit; asks for both"
    )
    async def transfer_member(self, info: Info, input: TransferMemberInput) -> Member:
        command = TransferMember(input.member_id, input.to_unit_id, input.effective_on)
        member = await info.context.run(transfer_member, command, permit(info, "Mutation.transferMember"))
        (shown,) = await present_members(info.context, [member])
        return shown
