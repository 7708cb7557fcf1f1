"""Mutations of the organ register, appointments, leader links and profiles."""

from datetime import date

import strawberry
from servicekit.domain import NotFound, Refusal, TooManyRows
from servicekit.graphql import Info, bulk_union, result_union, rows, text

from registration.api.enums import AppointmentRole, OrganKind, PlatformPart, Rank
from registration.api.organs import Appointment, CommunityProfile, LeaderLink, Organ
from registration.api.running import batch, permit, single
from registration.domain.appointments import AppointmentAlreadyMade
from registration.domain.divisions import CommunityWithdrawn
from registration.domain.leader_links import LeaderAlreadyLinked
from registration.domain.members import NotOnRoster
from registration.domain.organs import OrganAlreadyRegistered
from registration.domain.profiles import Means
from registration.domain.terms import TermAlreadyEnded
from registration.use_cases.link_leaders import LinkLeader, end_leader_link, link_leaders
from registration.use_cases.make_appointments import MakeAppointment, end_appointment, make_appointments
from registration.use_cases.register_organs import RegisterOrgan, dissolve_organ, register_organs
from registration.use_cases.set_profiles import SetProfile, set_profiles


@strawberry.input(description="foundedOn 默认今天 / foundedOn: today by default")
class RegisterOrganInput:
    division: strawberry.ID
    kind: OrganKind
    name: str = text(max=100, min=1)
    compounds: list[str] = rows(max=50, default=())
    founded_on: date | None = None

    def command(self) -> RegisterOrgan:
        return RegisterOrgan(self.division, self.kind, self.name, list(self.compounds), self.founded_on)


@strawberry.input(description="organId 与 division 二选一 / To an organ, or to a division itself")
class MakeAppointmentInput:
    member_id: strawberry.ID
    role: AppointmentRole
    rank: Rank
    organ_id: strawberry.ID | None = None
    division: strawberry.ID | None = None
    starts_on: date | None = None

    def command(self) -> MakeAppointment:
        return MakeAppointment(self.member_id, self.role, self.rank, self.organ_id, self.division, self.starts_on)


@strawberry.input
class LinkLeaderInput:
    member_id: strawberry.ID
    community_code: strawberry.ID
    starts_on: date | None = None

    def command(self) -> LinkLeader:
        return LinkLeader(self.member_id, self.community_code, self.starts_on)


@strawberry.input(description="经费为元/年,场所为平方米 / Funding in yuan a year, premises in square metres")
class SetCommunityProfileInput:
    community_code: strawberry.ID
    staff: int
    funding: int
    premises: int
    added_funding: int = 0
    added_premises: int = 0
    platform: list[PlatformPart] = rows(max=4, default=())

    def command(self) -> SetProfile:
        means = Means(
            staff=self.staff,
            funding=self.funding,
            premises=self.premises,
            added_funding=self.added_funding,
            added_premises=self.added_premises,
            platform=sorted(set(self.platform)),
        )
        return SetProfile(self.community_code, means)


@strawberry.input(description="endedOn 默认今天 / endedOn: today by default")
class EndTermInput:
    id: strawberry.ID
    ended_on: date | None = None


RegisterOrganResult = result_union(
    "RegisterOrganResult", Organ, OrganAlreadyRegistered, CommunityWithdrawn, NotFound, TooManyRows
)
RegisterOrgansResult = bulk_union("RegisterOrgans", RegisterOrganResult)
DissolveOrganResult = result_union("DissolveOrganResult", Organ, TermAlreadyEnded, NotFound)
MakeAppointmentResult = result_union(
    "MakeAppointmentResult", Appointment, AppointmentAlreadyMade, NotOnRoster, CommunityWithdrawn, NotFound
)
MakeAppointmentsResult = bulk_union("MakeAppointments", MakeAppointmentResult)
EndAppointmentResult = result_union("EndAppointmentResult", Appointment, TermAlreadyEnded, NotFound)
LinkLeaderResult = result_union(
    "LinkLeaderResult", LeaderLink, LeaderAlreadyLinked, NotOnRoster, CommunityWithdrawn, NotFound
)
LinkLeadersResult = bulk_union("LinkLeaders", LinkLeaderResult)
EndLeaderLinkResult = result_union("EndLeaderLinkResult", LeaderLink, TermAlreadyEnded, NotFound)
SetCommunityProfileResult = result_union(
    "SetCommunityProfileResult", CommunityProfile, CommunityWithdrawn, NotFound, TooManyRows
)
SetCommunityProfilesResult = bulk_union("SetCommunityProfiles", SetCommunityProfileResult)


@strawberry.type
class OrganMutations:
    @strawberry.mutation(graphql_type=RegisterOrganResult, description="登记组织 / Register an organ")
    async def register_organ(self, info: Info, input: RegisterOrganInput) -> Organ:
        return await single(info, "Mutation.registerOrgan", register_organs, input, Organ.of)

    @strawberry.mutation(graphql_type=RegisterOrgansResult)
    async def register_organs(self, info: Info, inputs: list[RegisterOrganInput]) -> list[Organ | Refusal]:
        return await batch(info, "Mutation.registerOrgans", register_organs, inputs, Organ.of)

    @strawberry.mutation(graphql_type=DissolveOrganResult)
    async def dissolve_organ(self, info: Info, input: EndTermInput) -> Organ:
        may = permit(info, "Mutation.dissolveOrgan")
        return Organ.of(await info.context.run(dissolve_organ, input.id, input.ended_on, may))

    @strawberry.mutation(graphql_type=MakeAppointmentResult, description="任命 / Appoint a member")
    async def make_appointment(self, info: Info, input: MakeAppointmentInput) -> Appointment:
        return await single(info, "Mutation.makeAppointment", make_appointments, input, Appointment.of)

    @strawberry.mutation(graphql_type=MakeAppointmentsResult)
    async def make_appointments(self, info: Info, inputs: list[MakeAppointmentInput]) -> list[Appointment | Refusal]:
        return await batch(info, "Mutation.makeAppointments", make_appointments, inputs, Appointment.of)

    @strawberry.mutation(graphql_type=EndAppointmentResult)
    async def end_appointment(self, info: Info, input: EndTermInput) -> Appointment:
        may = permit(info, "Mutation.endAppointment")
        return Appointment.of(await info.context.run(end_appointment, input.id, input.ended_on, may))

    @strawberry.mutation(graphql_type=LinkLeaderResult, description="领导挂钩社区 / Link a leader to a community")
    async def link_leader(self, info: Info, input: LinkLeaderInput) -> LeaderLink:
        return await single(info, "Mutation.linkLeader", link_leaders, input, LeaderLink.of)

    @strawberry.mutation(graphql_type=LinkLeadersResult)
    async def link_leaders(self, info: Info, inputs: list[LinkLeaderInput]) -> list[LeaderLink | Refusal]:
        return await batch(info, "Mutation.linkLeaders", link_leaders, inputs, LeaderLink.of)

    @strawberry.mutation(graphql_type=EndLeaderLinkResult)
    async def end_leader_link(self, info: Info, input: EndTermInput) -> LeaderLink:
        may = permit(info, "Mutation.endLeaderLink")
        return LeaderLink.of(await info.context.run(end_leader_link, input.id, input.ended_on, may))

    @strawberry.mutation(graphql_type=SetCommunityProfileResult, description="社区概况 / Set a community's profile")
    async def set_community_profile(self, info: Info, input: SetCommunityProfileInput) -> CommunityProfile:
        return await single(info, "Mutation.setCommunityProfile", set_profiles, input, CommunityProfile.of)

    @strawberry.mutation(graphql_type=SetCommunityProfilesResult)
    async def set_community_profiles(
        self, info: Info, inputs: list[SetCommunityProfileInput]
    ) -> list[CommunityProfile | Refusal]:
        return await batch(info, "Mutation.setCommunityProfiles", set_profiles, inputs, CommunityProfile.of)
