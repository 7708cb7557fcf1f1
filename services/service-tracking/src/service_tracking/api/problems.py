"""Problems in the graph."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.foreign import Community, Member
from service_tracking.domain import problem as problems
from service_tracking.domain.problem import Category, ProblemStatus

strawberry.enum(Category, name="ProblemCategory", description="问题类别 / What kind of problem")
strawberry.enum(
    ProblemStatus, description="反映、受理、不予受理、交办、办结、已确认、重新办理 / From report to confirmation"
)


@strawberry.type(description="办理过程 / One step of the way")
class ProblemStep:
    status: ProblemStatus
    by: str
    at: datetime
    note: str


@strawberry.federation.type(keys=["id"], description="民情、问题 / What somebody saw or heard in a community")
class Problem:
    id: strawberry.ID
    community: Community
    member: Member | None
    category: Category
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    observed_on: date
    reported_by: str
    reported_at: datetime
    updated_at: datetime
    status: ProblemStatus
    assignee: str
    resolution: str
    resolved_on: date | None
    times_reopened: int
    history: list[ProblemStep]
    policy_target: strawberry.Private[Target]

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Problem | None]":
        found = await loaders.problems_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, problem: problems.Problem) -> Self:
        return cls(
            id=strawberry.ID(problem.id),
            community=Community(code=strawberry.ID(problem.community)),
            member=Member(id=strawberry.ID(problem.member_id)) if problem.member_id else None,
            history=[ProblemStep(**dict(step)) for step in problem.history],
            policy_target=target_of(problem),
            **{name: getattr(problem, name) for name in _FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(problems.Problem, document))


def target_of(problem: problems.Problem) -> Target:
    return Target(division=problem.community, unit=problem.unit_id, member=problem.member_id)


@strawberry.type
class CommunityProblems:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="问题(仅列出您有权查看的) / Problems, those that you may see")
    async def problems(
        self, info: Info, first: int = 20, after: str | None = None, status: ProblemStatus | None = None
    ) -> Connection[Problem] | None:
        load = info.context.loaders.load
        page = await load(loaders.problems_per_parent, self.code, "community", status, first, after)
        return connection(page, Problem.kept)


@strawberry.type
class MemberProblems:
    """What a member has of this."""

    id: strawberry.ID

    @strawberry.field(description="反映的问题(仅列出您有权查看的) / Problems reported, those that you may see")
    async def problems(
        self, info: Info, first: int = 20, after: str | None = None, status: ProblemStatus | None = None
    ) -> Connection[Problem] | None:
        page = await info.context.loaders.load(loaders.problems_per_parent, self.id, "member_id", status, first, after)
        return connection(page, Problem.kept)


@strawberry.type
class ProblemQueries:
    @strawberry.field(description="问题;您无权查看的视为不存在 / A problem; none if you may not see it")
    async def problem(self, info: Info, id: strawberry.ID) -> Problem | None:
        found = await info.context.loaders.find(loaders.problems_by_id, id)
        if found is None:
            return None
        info.context.require("Query.problem", target_of(found))
        return Problem.of(found)


_FIELDS = (
    "category",
    "description",
    "address",
    "latitude",
    "longitude",
    "observed_on",
    "reported_by",
    "reported_at",
    "updated_at",
    "status",
    "assignee",
    "resolution",
    "resolved_on",
    "times_reopened",
)
