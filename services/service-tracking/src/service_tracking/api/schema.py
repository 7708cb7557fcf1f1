"""The subgraph."""

from servicekit.graphql import build_schema

from service_tracking.api.mutations import Mutation
from service_tracking.api.policy import POLICY
from service_tracking.api.queries import Query
from service_tracking.api.types import Activity, Community, Member, PairingNeed, Post, Team, Unit, Wish

_TYPES = [Community, Member, Unit, Post, Wish, PairingNeed, Team, Activity]

subgraph = build_schema(query=Query, mutation=Mutation, types=_TYPES, policy=POLICY)
