"""The subgraph."""

from servicekit.graphql import build_schema

from service_tracking.api import enums as enums
from service_tracking.api.entities import ENTITIES
from service_tracking.api.mutations import Mutation
from service_tracking.api.offers import Activity, PairingNeed, Post, Team, Wish
from service_tracking.api.policy import POLICY
from service_tracking.api.queries import Query
from service_tracking.api.subscriptions import Subscription

_TYPES = [*ENTITIES, Post, Wish, PairingNeed, Team, Activity]

subgraph = build_schema(query=Query, mutation=Mutation, subscription=Subscription, types=_TYPES, policy=POLICY)
