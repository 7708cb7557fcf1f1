"""Mergers and splits in the graph."""

from datetime import date, datetime
from typing import Self

import strawberry
from servicekit.domain import NotFound, TooManyRows
from servicekit.graphql import Connection, Info, connection, result_union, rows, text
from servicekit.security import Target
from servicekit.storage.work import restore

from registration.api.running import permit
from registration.domain import reorganisations
from registration.domain.agreements import AgreementAlreadyEnded
from registration.domain.divisions import CommunityWithdrawn, parse_code
from registration.domain.grids import GridOfAnotherCommunity
from registration.domain.members import NotOnRoster
from registration.domain.reorganisations import (
    AnotherCounty,
    DayToCome,
    MergedIntoItself,
    NotOfThisUnit,
    ReorganisationKind,
    ReorganisationStatus,
    SplitPart,
    UnitPart,
)
from registration.domain.units import UnitMerged
from registration.storage import reads
from registration.use_cases.merge_units import MergeUnits, merge_units
from registration.use_cases.reorganise_communities import (
    MergeCommunities,
    SplitCommunity,
    merge_communities,
    split_community,
)
from registration.use_cases.split_unit import SplitUnit, split_unit

for _enum in (ReorganisationKind, ReorganisationStatus):
    strawberry.enum(_enum)


@strawberry.input(description="into 须已在区划表中 / into: a community that the table has already")
class MergeCommunitiesInput:
    codes: list[strawberry.ID] = rows(max=20)
    into: strawberry.ID
    effective_on: date | None = None
    reason: str = text(max=500, min=1)

    def command(self) -> MergeCommunities:
        return MergeCommunities(list(self.codes), self.into, self.reason, self.effective_on)


@strawberry.input(description="划入 communityCode 的网格与党员 / The grids and members that go to communityCode")
class SplitPartInput:
    community_code: strawberry.ID
    grid_ids: list[strawberry.ID] = rows(max=200, default=())
    member_ids: list[strawberry.ID] = rows(max=500, default=())


@strawberry.input(
    description="其余人员归 rest:仍用原代码则填原代码 / Everybody else goes to rest: the code itself where it goes on"
)
class SplitCommunityInput:
    code: strawberry.ID
    rest: strawberry.ID
    parts: list[SplitPartInput] = rows(max=20)
    effective_on: date | None = None
    reason: str = text(max=500, min=1)

    def command(self) -> SplitCommunity:
        parts = [
            SplitPart(community_code=one.community_code, grids=list(one.grid_ids), members=list(one.member_ids))
            for one in self.parts
        ]
        return SplitCommunity(self.code, self.rest, self.reason, parts, self.effective_on)


@strawberry.input
class MergeUnitsInput:
    unit_id: strawberry.ID
    into: strawberry.ID
    effective_on: date | None = None
    reason: str = text(max=500, min=1)

    def command(self) -> MergeUnits:
        return MergeUnits(self.unit_id, self.into, self.reason, self.effective_on)


@strawberry.input(description="划入 unitId 的党员与协议,该单位须已登记 / What goes to unitId, a registered unit")
class UnitPartInput:
    unit_id: strawberry.ID
    member_ids: list[strawberry.ID] = rows(max=500, default=())
    agreement_ids: list[strawberry.ID] = rows(max=50, default=())


@strawberry.input(description="其余人员与协议留在原单位 / Everybody and everything else stays")
class SplitUnitInput:
    unit_id: strawberry.ID
    parts: list[UnitPartInput] = rows(max=10)
    effective_on: date | None = None
    reason: str = text(max=500, min=1)

    def command(self) -> SplitUnit:
        parts = [
            UnitPart(unit_id=one.unit_id, members=list(one.member_ids), agreements=list(one.agreement_ids))
            for one in self.parts
        ]
        return SplitUnit(self.unit_id, parts, self.reason, self.effective_on)


@strawberry.type(description="合并与拆分;people 为已调整人数 / A merger or split; people: who went over so far")
class Reorganisation:
    id: strawberry.ID
    kind: ReorganisationKind
    status: ReorganisationStatus
    sources: list[strawberry.ID]
    target: strawberry.ID
    parts: list[strawberry.ID]
    effective_on: date
    reason: str
    ordered_by: str
    ordered_at: datetime
    people: int

    @classmethod
    def of(cls, one: reorganisations.Reorganisation) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            kind=one.kind,
            status=one.status,
            sources=[strawberry.ID(source) for source in one.sources],
            target=strawberry.ID(one.target),
            parts=[strawberry.ID(taker) for taker in one.takers],
            effective_on=one.effective_on,
            reason=one.reason,
            ordered_by=one.ordered_by,
            ordered_at=one.ordered_at,
            people=one.people,
        )


MergeCommunitiesResult = result_union(
    "MergeCommunitiesResult",
    Reorganisation,
    MergedIntoItself,
    AnotherCounty,
    CommunityWithdrawn,
    DayToCome,
    NotFound,
    TooManyRows,
)
SplitCommunityResult = result_union(
    "SplitCommunityResult",
    Reorganisation,
    MergedIntoItself,
    AnotherCounty,
    CommunityWithdrawn,
    DayToCome,
    GridOfAnotherCommunity,
    NotFound,
    TooManyRows,
)
MergeUnitsResult = result_union("MergeUnitsResult", Reorganisation, MergedIntoItself, UnitMerged, DayToCome, NotFound)
SplitUnitResult = result_union(
    "SplitUnitResult",
    Reorganisation,
    MergedIntoItself,
    UnitMerged,
    NotOfThisUnit,
    NotOnRoster,
    AgreementAlreadyEnded,
    DayToCome,
    NotFound,
    TooManyRows,
)


@strawberry.type
class ReorganisationQueries:
    @strawberry.field(description="某区划内的合并与拆分 / Mergers and splits within a division")
    async def reorganisations(
        self, info: Info, division: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Reorganisation]:
        code = parse_code(division, path="division")
        info.context.require("Query.reorganisations", Target(division=code))
        page = await reads.reorganisations_within(info.context.database, code, first, after)
        return connection(page, lambda one: Reorganisation.of(restore(reorganisations.Reorganisation, one)))


@strawberry.type
class ReorganisationMutations:
    @strawberry.mutation(
        graphql_type=MergeCommunitiesResult,
        description="合并社区:人员、网格、组织、协议随之转入,原代码撤销 / Merge communities; their codes are withdrawn",
    )
    async def merge_communities(self, info: Info, input: MergeCommunitiesInput) -> Reorganisation:
        may = permit(info, "Mutation.mergeCommunities")
        return Reorganisation.of(await info.context.run(merge_communities, input.command(), may))

    @strawberry.mutation(graphql_type=SplitCommunityResult, description="拆分社区 / Split a community")
    async def split_community(self, info: Info, input: SplitCommunityInput) -> Reorganisation:
        may = permit(info, "Mutation.splitCommunity")
        return Reorganisation.of(await info.context.run(split_community, input.command(), may))

    @strawberry.mutation(
        graphql_type=MergeUnitsResult,
        description="单位并入另一单位,须对两单位均有权 / Merge a unit into another; asks for both",
    )
    async def merge_units(self, info: Info, input: MergeUnitsInput) -> Reorganisation:
        may = permit(info, "Mutation.mergeUnits")
        return Reorganisation.of(await info.context.run(merge_units, input.command(), may))

    @strawberry.mutation(
        graphql_type=SplitUnitResult,
        description="拆分单位:指定党员与协议转入他单位,须对各单位均有权 / Split a unit; asks for all units",
    )
    async def split_unit(self, info: Info, input: SplitUnitInput) -> Reorganisation:
        may = permit(info, "Mutation.splitUnit")
        return Reorganisation.of(await info.context.run(split_unit, input.command(), may))
