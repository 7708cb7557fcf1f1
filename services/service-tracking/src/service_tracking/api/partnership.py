"""Projects, support, service points and programmes in the graph."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.foreign import Community, Unit
from service_tracking.domain import project as projects
from service_tracking.domain import support as supports
from service_tracking.domain import venue as venues
from service_tracking.domain.project import ProjectStatus
from service_tracking.domain.support import SupportKind
from service_tracking.domain.venue import VenueKind, VenueStatus
from service_tracking.storage.collections import PROJECTS, SUPPORTS, VENUES

strawberry.enum(ProjectStatus, description="提出、开工、完成、取消 / Proposed, started, completed, cancelled")
strawberry.enum(SupportKind, description="人才、技术、物资、资金、阵地 / What units support communities with")
strawberry.enum(VenueStatus, description="开放、关闭 / Open, closed")


@strawberry.federation.type(keys=["id"], description="支持台账 / One entry in the ledger of support")
class SupportEntry:
    id: strawberry.ID
    agreement_id: strawberry.ID
    project_id: strawberry.ID | None
    unit: Unit
    community: Community
    kind: SupportKind
    quantity: Decimal
    measure: str
    value: Decimal = strawberry.field(description="元 / Yuan")
    given_on: date
    note: str
    reverses: strawberry.ID | None = strawberry.field(description="冲销哪一条目 / The entry that this one takes back")
    recorded_by: str
    recorded_at: datetime

    @strawberry.field(description="被哪一条目冲销 / The entry that took this one back")
    async def reversed_by(self, info: Info) -> strawberry.ID | None:
        found = await info.context.loaders.find(loaders.reversals_of_supports, str(self.id))
        return strawberry.ID(found) if found else None

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[SupportEntry | None]":
        found = await loaders.supports_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, support: supports.Support) -> Self:
        return cls(
            id=strawberry.ID(support.id),
            unit=Unit(id=strawberry.ID(support.unit_id)),
            community=Community(code=strawberry.ID(support.community)),
            **{name: getattr(support, name) for name in _SUPPORT_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(supports.Support, document))


@strawberry.federation.type(keys=["id"], description="共建项目 / A project of a unit and a community")
class Project:
    id: strawberry.ID
    agreement_id: strawberry.ID
    unit: Unit
    community: Community
    title: str
    description: str
    status: ProjectStatus
    proposed_on: date
    started_on: date | None
    completed_on: date | None
    reason: str

    @strawberry.field(description="支持台账 / What was given for it")
    async def supports(self, info: Info, first: int = 20, after: str | None = None) -> Connection[SupportEntry]:
        load = info.context.loaders.load
        page = await load(loaders.open_per_parent, str(self.id), SUPPORTS, "project_id", (), first, after)
        return connection(page, SupportEntry.kept)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Project | None]":
        found = await loaders.projects_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, project: projects.Project) -> Self:
        return cls(
            id=strawberry.ID(project.id),
            unit=Unit(id=strawberry.ID(project.unit_id)),
            community=Community(code=strawberry.ID(project.community)),
            **{name: getattr(project, name) for name in _PROJECT_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(projects.Project, document))


@strawberry.interface
class Venue:
    id: strawberry.ID
    community: Community
    name: str
    description: str
    address: str
    status: VenueStatus
    opened_on: date
    closed_on: date | None

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Venue | None]":
        found = await loaders.venues_by_id(info.context, [key["id"] for key in keys])
        presented = {id: cls.of(venue) for id, venue in found.items()}
        one_of = [presented.get(key["id"]) for key in keys]
        return [venue if isinstance(venue, cls) else None for venue in one_of]

    @staticmethod
    def of(venue: venues.Venue) -> "Venue":
        kind = ServicePoint if venue.kind is VenueKind.SERVICE_POINT else Programme
        return kind(
            id=strawberry.ID(venue.id),
            community=Community(code=strawberry.ID(venue.community)),
            **{name: getattr(venue, name) for name in _VENUE_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        venue = cls.of(restore(venues.Venue, document))
        assert isinstance(venue, cls)
        return venue


@strawberry.federation.type(keys=["id"], description="服务点 / Service point")
class ServicePoint(Venue):
    pass


@strawberry.federation.type(keys=["id"], description="平台项目 / Programme")
class Programme(Venue):
    pass


@strawberry.type
class UnitPartnership:
    """What a unit has of this."""

    id: strawberry.ID

    @strawberry.field(description="共建项目 / Projects")
    async def projects(
        self, info: Info, first: int = 20, after: str | None = None, status: ProjectStatus | None = None
    ) -> Connection[Project]:
        match = (("status", _any_of(status)),)
        load = info.context.loaders.load
        page = await load(loaders.open_per_parent, self.id, PROJECTS, "unit_id", match, first, after)
        return connection(page, Project.kept)

    @strawberry.field(description="支持台账 / Support given")
    async def supports(self, info: Info, first: int = 20, after: str | None = None) -> Connection[SupportEntry]:
        load = info.context.loaders.load
        page = await load(loaders.open_per_parent, self.id, SUPPORTS, "unit_id", (), first, after)
        return connection(page, SupportEntry.kept)


@strawberry.type
class CommunityPartnership:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="共建项目 / Projects")
    async def projects(
        self, info: Info, first: int = 20, after: str | None = None, status: ProjectStatus | None = None
    ) -> Connection[Project]:
        match = (("status", _any_of(status)),)
        load = info.context.loaders.load
        page = await load(loaders.open_per_parent, self.code, PROJECTS, "community", match, first, after)
        return connection(page, Project.kept)

    @strawberry.field(description="支持台账 / Support received")
    async def supports(self, info: Info, first: int = 20, after: str | None = None) -> Connection[SupportEntry]:
        load = info.context.loaders.load
        page = await load(loaders.open_per_parent, self.code, SUPPORTS, "community", (), first, after)
        return connection(page, SupportEntry.kept)

    @strawberry.field(description="服务点 / Service points")
    async def service_points(self, info: Info, first: int = 20, after: str | None = None) -> Connection[ServicePoint]:
        return connection(await _venues(info, self.code, VenueKind.SERVICE_POINT, first, after), ServicePoint.kept)

    @strawberry.field(description="平台项目 / Programmes")
    async def programmes(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Programme]:
        return connection(await _venues(info, self.code, VenueKind.PROGRAMME, first, after), Programme.kept)


async def _venues(info: Info, code: str, kind: VenueKind, first: int, after: str | None) -> Any:
    match = (("kind", (kind.value,)), ("status", tuple(VenueStatus)))
    return await info.context.loaders.load(loaders.open_per_parent, code, VENUES, "community", match, first, after)


def _any_of(status: ProjectStatus | None) -> tuple[ProjectStatus, ...]:
    return (status,) if status is not None else tuple(ProjectStatus)


_SUPPORT_FIELDS = (
    "agreement_id",
    "project_id",
    "kind",
    "quantity",
    "measure",
    "value",
    "given_on",
    "note",
    "reverses",
    "recorded_by",
    "recorded_at",
)
_PROJECT_FIELDS = (
    "agreement_id",
    "title",
    "description",
    "status",
    "proposed_on",
    "started_on",
    "completed_on",
    "reason",
)
_VENUE_FIELDS = ("name", "description", "address", "status", "opened_on", "closed_on")
