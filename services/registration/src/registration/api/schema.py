"""The subgraph, put together."""

from servicekit.graphql import build_schema

from registration.api.groups import Group, Squad
from registration.api.mutations import Mutation
from registration.api.organs import Organ
from registration.api.policy import POLICY
from registration.api.queries import Query
from registration.api.types import Agreement, Community, Division, Grid, Member, Registration, Unit

SUBGRAPH = build_schema(
    query=Query,
    mutation=Mutation,
    types=[Organ, Division, Community, Unit, Agreement, Member, Registration, Grid, Group, Squad],
    policy=POLICY,
)
