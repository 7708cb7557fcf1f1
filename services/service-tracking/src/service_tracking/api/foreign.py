"""Entities that registration keeps: here they are a key, and what this service has of them is added by `extend`."""

import strawberry
from servicekit.graphql import ForeignEntity


@strawberry.federation.type(keys=["id"])
class Member(ForeignEntity):
    id: strawberry.ID


@strawberry.federation.type(keys=["code"])
class Community(ForeignEntity):
    code: strawberry.ID


@strawberry.federation.type(keys=["id"])
class Unit(ForeignEntity):
    id: strawberry.ID
