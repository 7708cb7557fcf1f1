"""Service policies: what divisions rule, and what holds in a community on a day."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import strawberry
from servicekit.domain import NotFound, TooManyRows
from servicekit.graphql import Connection, Info, connection, result_union
from servicekit.graphql.inputs import ROWS
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.paging import page
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.permitted import require_one
from service_tracking.api.targets import of_policies
from service_tracking.domain import policy as policies
from service_tracking.domain.days import day_of
from service_tracking.domain.policy import Backlog, Limit, Ruled
from service_tracking.domain.refusals import PolicyEnded
from service_tracking.domain.rules import Reach, Rounding
from service_tracking.storage.collections import POLICIES
from service_tracking.use_cases.end_policy import end_policy
from service_tracking.use_cases.set_policy import SetPolicy, set_policy

strawberry.enum(Rounding, description="EXACT: 须为步长的倍数 / EXACT: hours must be a multiple of the step")
strawberry.enum(Limit, description="可以取消的限制 / A limit that may be lifted")
strawberry.enum(Reach, description="可认领者的报到范围 / How near a member has to be registered to claim")
strawberry.enum(
    Backlog, description="待确认的记录按旧规则或新规则 / Records that wait are judged by the old or new rules"
)


@strawberry.type(description="某日某社区实行的规则;空值表示不限 / What holds in a place on a day; null is no limit")
class ServiceRules:
    hours_step: Decimal
    rounding: Rounding
    most_hours_per_activity: Decimal | None
    most_hours_per_day: Decimal | None
    backdating_days: int | None
    minimum_services_a_year: int
    confirm_within_days: int | None
    evidence_required: bool
    expire_claims_after_days: int
    claims_within: Reach


@strawberry.type
class CommunityRules:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="某日实行的服务规则,默认今天 / The rules in force on a day, today if left out")
    async def service_rules(self, info: Info, on: date | None = None) -> ServiceRules:
        day = on or day_of(datetime.now().astimezone())
        rules = await info.context.loaders.load(loaders.rules_of_communities, self.code, day)
        return ServiceRules(**{field.name: getattr(rules, field.name) for field in fields(rules)})


@strawberry.federation.type(keys=["id"], description="服务政策;空值表示沿用上级 / Null is what is inherited")
class ServicePolicy:
    id: strawberry.ID
    division_code: strawberry.ID
    starts_on: date
    ends_on: date | None
    backlog: Backlog
    hours_step: Decimal | None
    rounding: Rounding | None
    most_hours_per_activity: Decimal | None
    most_hours_per_day: Decimal | None
    backdating_days: int | None
    minimum_services_a_year: int | None
    confirm_within_days: int | None
    evidence_required: bool | None
    expire_claims_after_days: int | None
    claims_within: Reach | None
    lifted: list[Limit]
    set_by: str
    set_at: datetime

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[ServicePolicy | None]":
        found = await loaders.policies_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, policy: policies.Policy) -> Self:
        return cls(
            id=strawberry.ID(policy.id),
            division_code=strawberry.ID(policy.division),
            starts_on=policy.starts_on,
            ends_on=policy.ends_on,
            backlog=policy.backlog,
            set_by=policy.set_by,
            set_at=policy.set_at,
            **{field.name: getattr(policy.ruled, field.name) for field in fields(Ruled)},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(policies.Policy, document))


@strawberry.input
class SetServicePolicyInput:
    division_code: strawberry.ID
    starts_on: date
    backlog: Backlog = strawberry.field(description="已提交、待确认的记录怎么办 / What becomes of records that wait")
    ends_on: date | None = None
    hours_step: Decimal | None = None
    rounding: Rounding | None = None
    most_hours_per_activity: Decimal | None = None
    most_hours_per_day: Decimal | None = None
    backdating_days: int | None = None
    minimum_services_a_year: int | None = None
    confirm_within_days: int | None = None
    evidence_required: bool | None = None
    expire_claims_after_days: int | None = None
    claims_within: Reach | None = None
    lifted: list[Limit] = strawberry.field(
        default_factory=list,
        description="取消上级的这些限制 / Inherited limits that don't hold here",
        metadata={ROWS: len(Limit)},
    )

    def command(self) -> SetPolicy:
        said = {field.name: getattr(self, field.name) for field in fields(Ruled)}
        ruled = Ruled(**{**said, "lifted": tuple(dict.fromkeys(self.lifted))})
        return SetPolicy(self.division_code, ruled, self.backlog, self.starts_on, self.ends_on)


@strawberry.input
class EndServicePolicyInput:
    policy_id: strawberry.ID
    ends_on: date


SetServicePolicyResult = result_union("SetServicePolicyResult", ServicePolicy, TooManyRows)
EndServicePolicyResult = result_union("EndServicePolicyResult", ServicePolicy, NotFound, PolicyEnded)


@strawberry.type
class PolicyMutations:
    @strawberry.mutation(
        graphql_type=SetServicePolicyResult, description="制定服务政策 / Set a policy for a division and all below it"
    )
    async def set_service_policy(self, info: Info, input: SetServicePolicyInput) -> Any:
        info.context.require("Mutation.setServicePolicy", Target(division=input.division_code))
        return ServicePolicy.of(await info.context.run(set_policy, input.command()))

    @strawberry.mutation(graphql_type=EndServicePolicyResult, description="结束服务政策 / End a policy")
    async def end_service_policy(self, info: Info, input: EndServicePolicyInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.endServicePolicy", of_policies(context, [input.policy_id]))
        return ServicePolicy.of(await context.run(end_policy, input.policy_id, input.ends_on))


@strawberry.type
class PolicyQueries:
    @strawberry.field(description="本级制定的政策(不含上级) / The policies that this division has set")
    async def service_policies(
        self, info: Info, division: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[ServicePolicy]:
        kept = await page(info.context.database[POLICIES], {"division": division}, first=first, after=after)
        return connection(kept, ServicePolicy.kept)
