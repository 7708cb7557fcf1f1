"""What reporting problems and taking them further takes."""

from datetime import date

import strawberry
from servicekit.graphql import text

from service_tracking.domain.problem import Category, ProblemStatus, Report
from service_tracking.use_cases.move_problems import MoveProblem


@strawberry.input
class ReportProblemInput:
    community_code: strawberry.ID
    category: Category
    description: str = text(max=2_000)
    member_id: strawberry.ID | None = strawberry.field(
        default=None, description="反映的党员;党员本人可不填 / The member who reports; members may leave it out"
    )
    address: str = text(max=200, default="")
    latitude: float | None = None
    longitude: float | None = None
    observed_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")
    reference: str | None = text(max=100, min=1, default=None)

    def report(self) -> Report:
        return Report(
            community=self.community_code,
            category=self.category,
            description=self.description,
            address=self.address,
            latitude=self.latitude,
            longitude=self.longitude,
            observed_on=self.observed_on,
            reference=self.reference,
        )


@strawberry.input
class AcceptProblemInput:
    problem_id: strawberry.ID

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.ACCEPTED)


@strawberry.input
class DeclineProblemInput:
    problem_id: strawberry.ID
    note: str = text(max=500)

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.DECLINED, self.note)


@strawberry.input
class AssignProblemInput:
    problem_id: strawberry.ID
    note: str = text(max=500)

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.ASSIGNED, self.note)


@strawberry.input
class ResolveProblemInput:
    problem_id: strawberry.ID
    note: str = text(max=2_000)
    resolved_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.RESOLVED, self.note, self.resolved_on)


@strawberry.input
class ConfirmProblemInput:
    problem_id: strawberry.ID

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.CONFIRMED)


@strawberry.input
class ReopenProblemInput:
    problem_id: strawberry.ID
    note: str = text(max=500)

    def command(self) -> MoveProblem:
        return MoveProblem(self.problem_id, ProblemStatus.REOPENED, self.note)
