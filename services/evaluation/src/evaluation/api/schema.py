"""The subgraph of this service."""

from servicekit.graphql import Subgraph, build_schema, extend

from evaluation.api.mutations import Mutation
from evaluation.api.policy import POLICY
from evaluation.api.queries import Query
from evaluation.api.subscriptions import Subscription
from evaluation.api.types.members import Member
from evaluation.api.types.places import Agreement, Community, Division, Unit
from evaluation.api.types.standings import MemberStanding

extend(Member, MemberStanding)


def subgraph() -> Subgraph:
    types = [Division, Community, Unit, Agreement]
    return build_schema(query=Query, mutation=Mutation, subscription=Subscription, types=types, policy=POLICY)
