"""Appeals, as the member, the host and those above them see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from servicekit.graphql import Info
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.types.members import Member
from evaluation.domain import appeals
from evaluation.domain.appeals import AppealStatus, Remedy
from evaluation.domain.facts import Kind

strawberry.enum(AppealStatus, description="申诉状态 / Where an appeal stands")
strawberry.enum(Remedy, name="AppealRemedy", description="申诉请求 / What the member asks for")


@strawberry.federation.type(keys=["id"], description="对计入情况的申诉 / An appeal about what is counted")
class Appeal:
    id: ID
    member: Member
    fact_kind: Kind
    fact_id: ID
    fact_version: int
    division: ID
    remedy: Remedy
    hours: Decimal | None
    reason: str
    status: AppealStatus
    filed_at: datetime
    decide_by: datetime = strawberry.field(
        description="逾期后由县级及以上处理 / When this is over, the county or the city decides"
    )
    overdue: bool
    escalated_at: datetime | None = strawberry.field(
        description="逾期并转上级的时间 / When it was told that the time is over and the county has it"
    )
    decided_at: datetime | None
    explanation: str | None
    policy_target: strawberry.Private[Target]

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Appeal | None"]:
        found = [await info.context.loaders.find(loaders.appeals, key["id"]) for key in keys]
        return [make_appeal(one) if one else None for one in found]


def make_appeal(appeal: appeals.Appeal) -> Appeal:
    return Appeal(
        id=ID(appeal.id),
        member=Member(id=ID(appeal.member)),
        fact_kind=appeal.fact_kind,
        fact_id=ID(appeal.fact_id),
        fact_version=appeal.fact_version,
        division=ID(appeal.division),
        remedy=appeal.remedy,
        hours=appeal.hours,
        reason=appeal.reason,
        status=appeal.status,
        filed_at=appeal.filed_at,
        decide_by=appeal.decide_by,
        overdue=appeal.overdue(loaders.CLOCK.now()),
        escalated_at=appeal.escalated_at,
        decided_at=appeal.decided_at,
        explanation=appeal.explanation,
        policy_target=Target(member=appeal.member, division=appeal.division),
    )
