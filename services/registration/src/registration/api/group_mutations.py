"""Mutations of the parts of grids: groups, squads and their leaders."""

import strawberry
from servicekit.domain import NotFound, Refusal, TooManyRows
from servicekit.graphql import Info, bulk_union, result_union, rows, text

from registration.api.grids import Group, Squad
from registration.api.running import batch, permit, single
from registration.domain.groups import GroupAlreadyExists
from registration.domain.squads import USUAL_CAPACITY, LeaderNotInSquad, SquadAlreadyExists
from registration.use_cases.create_groups import CreateGroup, create_groups
from registration.use_cases.create_squads import CreateSquad, create_squads
from registration.use_cases.name_squad_leader import NameSquadLeader, name_squad_leader


@strawberry.input(
    description="buildings 为楼栋或单元名称;无 compound 时指网格内任一小区 / buildings or stairs, by their names; "
    "without compound they are in whatever compound of the grid"
)
class CreateGroupInput:
    grid_id: strawberry.ID
    name: str = text(max=100, min=1)
    buildings: list[str] = rows(max=100, default=())
    compound: str | None = text(max=100, default=None)

    def command(self) -> CreateGroup:
        return CreateGroup(self.grid_id, self.name, list(self.buildings), self.compound)


@strawberry.input(description="capacity 默认 15 / capacity: 15 by default")
class CreateSquadInput:
    grid_id: strawberry.ID
    name: str = text(max=100, min=1)
    capacity: int = USUAL_CAPACITY

    def command(self) -> CreateSquad:
        return CreateSquad(self.grid_id, self.name, self.capacity)


@strawberry.input(description="memberId 为空则无队长 / No memberId: nobody leads it")
class NameSquadLeaderInput:
    squad_id: strawberry.ID
    member_id: strawberry.ID | None = None


CreateGroupResult = result_union("CreateGroupResult", Group, GroupAlreadyExists, NotFound, TooManyRows)
CreateGroupsResult = bulk_union("CreateGroups", CreateGroupResult)
CreateSquadResult = result_union("CreateSquadResult", Squad, SquadAlreadyExists, NotFound)
CreateSquadsResult = bulk_union("CreateSquads", CreateSquadResult)
NameSquadLeaderResult = result_union("NameSquadLeaderResult", Squad, LeaderNotInSquad, NotFound)


@strawberry.type
class GroupMutations:
    @strawberry.mutation(graphql_type=CreateGroupResult, description="设立党小组 / Set up a group of a grid")
    async def create_group(self, info: Info, input: CreateGroupInput) -> Group:
        return await single(info, "Mutation.createGroup", create_groups, input, Group.of)

    @strawberry.mutation(graphql_type=CreateGroupsResult)
    async def create_groups(self, info: Info, inputs: list[CreateGroupInput]) -> list[Group | Refusal]:
        return await batch(info, "Mutation.createGroups", create_groups, inputs, Group.of)

    @strawberry.mutation(graphql_type=CreateSquadResult, description="组建小队 / Set up a squad of a grid")
    async def create_squad(self, info: Info, input: CreateSquadInput) -> Squad:
        return await single(info, "Mutation.createSquad", create_squads, input, Squad.of)

    @strawberry.mutation(graphql_type=CreateSquadsResult)
    async def create_squads(self, info: Info, inputs: list[CreateSquadInput]) -> list[Squad | Refusal]:
        return await batch(info, "Mutation.createSquads", create_squads, inputs, Squad.of)

    @strawberry.mutation(graphql_type=NameSquadLeaderResult, description="任命队长 / Name a squad's leader")
    async def name_squad_leader(self, info: Info, input: NameSquadLeaderInput) -> Squad:
        command = NameSquadLeader(input.squad_id, input.member_id)
        return Squad.of(await info.context.run(name_squad_leader, command, permit(info, "Mutation.nameSquadLeader")))
