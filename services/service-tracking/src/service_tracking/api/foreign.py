"""Entities that registration keeps, as types here refer to them without importing what extends them."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from service_tracking.api.types import Community, Member, Unit

_TYPES = "service_tracking.api.types"
CommunityRef = Annotated["Community", strawberry.lazy(_TYPES)]
MemberRef = Annotated["Member", strawberry.lazy(_TYPES)]
UnitRef = Annotated["Unit", strawberry.lazy(_TYPES)]


def community(code: str) -> "Community":
    from service_tracking.api.types import Community

    return Community(code=strawberry.ID(code))


def member(id: str) -> "Member":
    from service_tracking.api.types import Member

    return Member(id=strawberry.ID(id))


def unit(id: str) -> "Unit":
    from service_tracking.api.types import Unit

    return Unit(id=strawberry.ID(id))
