"""Projects, support, service points and programmes."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import NotFound, Refusal
from servicekit.graphql import Context, Info, bulk_union, result_union
from servicekit.security import Target

from service_tracking.api import partnership_inputs as inputs_
from service_tracking.api.partnership import Programme, Project, ServicePoint, SupportEntry, Venue
from service_tracking.api.permitted import require_one, run_batch
from service_tracking.api.targets import Targets, of_projects, of_supports, of_venues
from service_tracking.domain import refusals as no
from service_tracking.domain.project import Proposal
from service_tracking.domain.venue import VenueDraft, VenueKind
from service_tracking.use_cases.close_venue import close_venue
from service_tracking.use_cases.move_projects import MoveProject, move_projects
from service_tracking.use_cases.open_venues import open_venues
from service_tracking.use_cases.propose_projects import propose_projects
from service_tracking.use_cases.record_supports import RecordSupport, record_supports
from service_tracking.use_cases.reverse_support import reverse_support
from service_tracking.use_cases.rows import only

ProposeProjectResult = result_union("ProposeProjectResult", Project, no.NoAgreement)
ProposeProjectsResult = bulk_union("ProposeProjects", ProposeProjectResult)
StartProjectResult = result_union("StartProjectResult", Project, NotFound, no.StepNotPossible)
StartProjectsResult = bulk_union("StartProjects", StartProjectResult)
CompleteProjectResult = result_union("CompleteProjectResult", Project, NotFound, no.StepNotPossible)
CompleteProjectsResult = bulk_union("CompleteProjects", CompleteProjectResult)
CancelProjectResult = result_union("CancelProjectResult", Project, NotFound, no.StepNotPossible)
CancelProjectsResult = bulk_union("CancelProjects", CancelProjectResult)
RecordSupportResult = result_union("RecordSupportResult", SupportEntry, NotFound, no.NoAgreement, no.NotOfThisAgreement)
ReverseSupportResult = result_union("ReverseSupportResult", SupportEntry, NotFound, no.SupportReversed)
RecordSupportsResult = bulk_union("RecordSupports", RecordSupportResult)
OpenServicePointResult = result_union("OpenServicePointResult", ServicePoint)
OpenServicePointsResult = bulk_union("OpenServicePoints", OpenServicePointResult)
LaunchProgrammeResult = result_union("LaunchProgrammeResult", Programme)
LaunchProgrammesResult = bulk_union("LaunchProgrammes", LaunchProgrammeResult)
CloseServicePointResult = result_union("CloseServicePointResult", ServicePoint, NotFound, no.StepNotPossible)
EndProgrammeResult = result_union("EndProgrammeResult", Programme, NotFound, no.StepNotPossible)


@strawberry.type
class PartnershipMutations:
    @strawberry.mutation(
        graphql_type=ProposeProjectResult, description="提出项目 / Propose a project under an agreement"
    )
    async def propose_project(self, info: Info, input: inputs_.ProposeProjectInput) -> Any:
        return only(await _propose(info.context, "Mutation.proposeProject", [input.command()]))

    @strawberry.mutation(graphql_type=ProposeProjectsResult, description="批量提出项目 / Up to 500")
    async def propose_projects(self, info: Info, inputs: list[inputs_.ProposeProjectInput]) -> Any:
        return await _propose(info.context, "Mutation.proposeProjects", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=StartProjectResult, description="项目开工 / Start a project")
    async def start_project(self, info: Info, input: inputs_.StartProjectInput) -> Any:
        return only(await _move(info.context, "Mutation.startProject", [input.command()]))

    @strawberry.mutation(graphql_type=StartProjectsResult, description="批量项目开工 / Up to 500")
    async def start_projects(self, info: Info, inputs: list[inputs_.StartProjectInput]) -> Any:
        return await _move(info.context, "Mutation.startProjects", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=CompleteProjectResult, description="项目完成 / Complete a project")
    async def complete_project(self, info: Info, input: inputs_.CompleteProjectInput) -> Any:
        return only(await _move(info.context, "Mutation.completeProject", [input.command()]))

    @strawberry.mutation(graphql_type=CompleteProjectsResult, description="批量项目完成 / Up to 500")
    async def complete_projects(self, info: Info, inputs: list[inputs_.CompleteProjectInput]) -> Any:
        return await _move(info.context, "Mutation.completeProjects", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=CancelProjectResult, description="取消项目 / Cancel a project")
    async def cancel_project(self, info: Info, input: inputs_.CancelProjectInput) -> Any:
        return only(await _move(info.context, "Mutation.cancelProject", [input.command()]))

    @strawberry.mutation(graphql_type=CancelProjectsResult, description="批量取消项目 / Up to 500")
    async def cancel_projects(self, info: Info, inputs: list[inputs_.CancelProjectInput]) -> Any:
        return await _move(info.context, "Mutation.cancelProjects", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=RecordSupportResult, description="登记支持 / Enter support into the ledger")
    async def record_support(self, info: Info, input: inputs_.RecordSupportInput) -> Any:
        return only(await _give(info.context, "Mutation.recordSupport", [input.command()]))

    @strawberry.mutation(graphql_type=RecordSupportsResult, description="批量登记支持 / Up to 500")
    async def record_supports(self, info: Info, inputs: list[inputs_.RecordSupportInput]) -> Any:
        return await _give(info.context, "Mutation.recordSupports", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=ReverseSupportResult, description="冲销错误的支持条目 / Take a wrong entry back by a contra entry"
    )
    async def reverse_support(self, info: Info, input: inputs_.ReverseSupportInput) -> Any:
        await require_one(info.context, "Mutation.reverseSupport", of_supports(info.context, [input.support_id]))
        return SupportEntry.of(await info.context.run(reverse_support, input.support_id, input.reason))

    @strawberry.mutation(graphql_type=OpenServicePointResult, description="设立服务点 / Open a service point")
    async def open_service_point(self, info: Info, input: inputs_.OpenServicePointInput) -> Any:
        return only(await _open(info.context, "Mutation.openServicePoint", [input.command()]))

    @strawberry.mutation(graphql_type=OpenServicePointsResult, description="批量设立服务点 / Up to 500")
    async def open_service_points(self, info: Info, inputs: list[inputs_.OpenServicePointInput]) -> Any:
        return await _open(info.context, "Mutation.openServicePoints", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=LaunchProgrammeResult, description="设立平台项目 / Launch a programme")
    async def launch_programme(self, info: Info, input: inputs_.LaunchProgrammeInput) -> Any:
        return only(await _open(info.context, "Mutation.launchProgramme", [input.command()]))

    @strawberry.mutation(graphql_type=LaunchProgrammesResult, description="批量设立平台项目 / Up to 500")
    async def launch_programmes(self, info: Info, inputs: list[inputs_.LaunchProgrammeInput]) -> Any:
        return await _open(info.context, "Mutation.launchProgrammes", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=CloseServicePointResult, description="关闭服务点 / Close a service point")
    async def close_service_point(self, info: Info, input: inputs_.CloseServicePointInput) -> Any:
        await require_one(info.context, "Mutation.closeServicePoint", of_venues(info.context, [input.id]))
        return Venue.of(await info.context.run(close_venue, VenueKind.SERVICE_POINT, input.id, input.on))

    @strawberry.mutation(graphql_type=EndProgrammeResult, description="结束平台项目 / End a programme")
    async def end_programme(self, info: Info, input: inputs_.EndProgrammeInput) -> Any:
        await require_one(info.context, "Mutation.endProgramme", of_venues(info.context, [input.id]))
        return Venue.of(await info.context.run(close_venue, VenueKind.PROGRAMME, input.id, input.on))


async def _propose(context: Context, key: str, proposals: Sequence[Proposal]) -> list[Project | Refusal]:
    return await run_batch(context, key, proposals, _of_proposals, propose_projects, Project.of)


async def _move(context: Context, key: str, commands: Sequence[MoveProject]) -> list[Project | Refusal]:
    return await run_batch(context, key, commands, _of_moves, move_projects, Project.of)


async def _give(context: Context, key: str, commands: Sequence[RecordSupport]) -> list[SupportEntry | Refusal]:
    return await run_batch(context, key, commands, _of_gifts, record_supports, SupportEntry.of)


async def _open(context: Context, key: str, drafts: Sequence[VenueDraft]) -> list[Venue | Refusal]:
    return await run_batch(context, key, drafts, _of_drafts, open_venues, Venue.of)


async def _of_proposals(_context: Context, proposals: Sequence[Proposal]) -> Targets:
    return [Target(one.community, one.unit_id) for one in proposals]


async def _of_moves(context: Context, commands: Sequence[MoveProject]) -> Targets:
    return await of_projects(context, [command.project_id for command in commands])


async def _of_gifts(_context: Context, commands: Sequence[RecordSupport]) -> Targets:
    return [Target(one.gift.community, one.gift.unit_id) for one in commands]


async def _of_drafts(_context: Context, drafts: Sequence[VenueDraft]) -> Targets:
    return [Target(draft.community) for draft in drafts]
