"""The county's assignment list in the graph: whom nothing places, and the communities assigned to them."""

import strawberry
from servicekit.domain import InvalidInput, NotFound, Refusal
from servicekit.graphql import Connection, Info, bulk_union, result_union
from servicekit.security import Target
from servicekit.storage.work import restore

from registration.api.inputs import AssignMemberInput
from registration.api.members import Member, present_members
from registration.api.pages import paged
from registration.api.running import permit
from registration.domain import members
from registration.domain.divisions import CommunityWithdrawn, Level, level_of, parse_code
from registration.domain.members import NotOnRoster
from registration.domain.placement import PlacementKnown
from registration.storage import reads
from registration.use_cases.assign_members import assign_members

AssignMemberResult = result_union(
    "AssignMemberResult", Member, PlacementKnown, NotOnRoster, CommunityWithdrawn, NotFound
)
AssignMembersResult = bulk_union("AssignMembers", AssignMemberResult)


@strawberry.type
class AssignmentQueries:
    @strawberry.field(
        description="待分配名单:无法确定报到社区的在册党员 / Active members of the county's units who can't be placed"
    )
    async def assignment_list(
        self, info: Info, county: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Member]:
        code = parse_code(county, path="county")
        if level_of(code) not in (Level.COUNTY, Level.CITY):
            raise InvalidInput(
                path="county", reason_zh="应为县级或市级代码", reason_en="the code of a county or the city"
            )
        info.context.require("Query.assignmentList", Target(division=code))
        page = await reads.members_to_assign(info.context.database, code, first, after)
        nodes = await present_members(info.context, [restore(members.Member, one) for one in page.items])
        return paged(page, nodes)


@strawberry.type
class AssignmentMutations:
    @strawberry.mutation(
        graphql_type=AssignMembersResult,
        description="为待分配党员指定报到社区 / Assign communities to members whom nothing else places",
    )
    async def assign_members(self, info: Info, inputs: list[AssignMemberInput]) -> list[Member | Refusal]:
        commands = [one.command() for one in inputs]
        outcomes = await info.context.run(assign_members, commands, permit(info, "Mutation.assignMembers"))
        shown = iter(await present_members(info.context, [one for one in outcomes if not isinstance(one, Refusal)]))
        return [one if isinstance(one, Refusal) else next(shown) for one in outcomes]
