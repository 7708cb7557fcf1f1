"""Members, as a key: what this service has of them is added by `extend` in `api/schema.py`."""

import strawberry
from servicekit.graphql import ForeignEntity
from strawberry import ID


@strawberry.federation.type(keys=["id"])
class Member(ForeignEntity):
    id: ID
