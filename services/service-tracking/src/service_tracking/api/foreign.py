"""Entities that registration keeps: here they are a key, and what this service has of them is added by `extend`."""

import strawberry
from servicekit.graphql import ForeignEntity
from strawberry.types import get_object_definition


@strawberry.federation.type(keys=["id"])
class Member(ForeignEntity):
    id: strawberry.ID


@strawberry.federation.type(keys=["code"])
class Community(ForeignEntity):
    code: strawberry.ID


@strawberry.federation.type(keys=["id"])
class Unit(ForeignEntity):
    id: strawberry.ID


def extend(entity: type, *parts: type) -> None:
    """Give an object type the fields of `parts`, before the schema is built.

    So what refers to it need not import everything that hangs on it, which would refer back.
    """
    fields = get_object_definition(entity, strict=True).fields
    for part in parts:
        known = {field.python_name for field in fields}
        added = get_object_definition(part, strict=True).fields
        fields.extend(field for field in added if field.python_name not in known)
