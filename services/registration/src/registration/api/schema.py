"""The subgraph, put together."""

from servicekit.graphql import build_schema

from registration.api.entities import ENTITIES
from registration.api.mutations import Mutation
from registration.api.policy import POLICY
from registration.api.queries import Query

SUBGRAPH = build_schema(query=Query, mutation=Mutation, types=ENTITIES, policy=POLICY)
