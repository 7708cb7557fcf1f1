"""Posts that recur, in the graph."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.foreign import Community
from service_tracking.api.offers import Post
from service_tracking.domain import series as series_
from service_tracking.storage.collections import OFFERS, SERIES


@strawberry.federation.type(
    keys=["id"], description="周期岗位:每次各为一个岗位 / A post that recurs; each day of it is a post"
)
class RecurringPost:
    id: strawberry.ID
    community: Community
    title: str
    description: str
    schedule: str
    skills: list[str]
    capacity: int
    auto_approve: bool
    recurrence: str = strawberry.field(description="RRULE (RFC 5545)")
    starts_on: date
    ended_on: date | None
    published_at: datetime

    @strawberry.field(description="已发布的各次岗位 / The posts published so far")
    async def posts(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Post]:
        page = await info.context.loaders.load(
            loaders.open_per_parent, str(self.id), OFFERS, "series_id", (), first, after
        )
        return connection(page, Post.in_series)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[RecurringPost | None]":
        found = await loaders.series_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, series: series_.Series) -> Self:
        return cls(
            id=strawberry.ID(series.id),
            community=Community(code=strawberry.ID(series.community)),
            **{name: getattr(series, name) for name in _FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(series_.Series, document))


@strawberry.type
class CommunitySeries:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="周期岗位 / Posts that recur")
    async def recurring_posts(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RecurringPost]:
        page = await info.context.loaders.load(
            loaders.open_per_parent, str(self.code), SERIES, "community", (), first, after
        )
        return connection(page, RecurringPost.kept)


@strawberry.type
class PostSeries:
    """What a post has of this."""

    series_id: strawberry.Private[str | None]

    @strawberry.field(description="所属周期岗位 / The recurring post that it is a day of")
    async def series(self, info: Info) -> RecurringPost | None:
        if self.series_id is None:
            return None
        return RecurringPost.of(await info.context.loaders.load(loaders.series_by_id, self.series_id))


_FIELDS = (
    "title",
    "description",
    "schedule",
    "skills",
    "capacity",
    "auto_approve",
    "recurrence",
    "starts_on",
    "ended_on",
    "published_at",
)
