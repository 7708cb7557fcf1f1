"""The subgraph."""

from servicekit.graphql import build_schema

from service_tracking.api.mutations import Mutation
from service_tracking.api.policy import POLICY
from service_tracking.api.queries import Query
from service_tracking.api.types import Community, Member, Post, Wish

subgraph = build_schema(query=Query, mutation=Mutation, types=[Community, Member, Post, Wish], policy=POLICY)
