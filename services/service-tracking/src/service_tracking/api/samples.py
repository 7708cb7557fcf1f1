"""Samples in the graph: what was drawn, and what the second check found."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection, text
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.paging import page, page_per_parent
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.records import ServiceRecord
from service_tracking.domain import sample as samples
from service_tracking.domain.sample import Draw, Finding
from service_tracking.storage.collections import SAMPLED, SAMPLES
from service_tracking.use_cases.check_sampled import CheckSampled

strawberry.enum(Finding, name="SampleFinding", description="属实、存疑、不实 / What the second check found")


@strawberry.type(description="被抽查的一条记录 / One record in a sample")
class SampledRecord:
    id: strawberry.ID
    finding: Finding | None
    note: str
    checked_by: str | None
    checked_at: datetime | None
    record_id: strawberry.Private[str]
    policy_target: strawberry.Private[Target]

    @strawberry.field
    async def record(self, info: Info) -> ServiceRecord | None:
        found = await info.context.loaders.find(loaders.records_by_id, self.record_id)
        return ServiceRecord.of(found) if found else None

    @classmethod
    def of(cls, one: samples.Sampled) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            finding=one.finding,
            note=one.note,
            checked_by=one.checked_by,
            checked_at=one.checked_at,
            record_id=one.record_id,
            policy_target=Target(division=one.community),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(samples.Sampled, document))


@strawberry.type(description="抽查 / Records drawn for a second check; the same draw gives the same sample")
class Sample:
    id: strawberry.ID
    division_code: strawberry.ID
    starts_on: date
    ends_on: date
    seed: str
    confirmed_before: datetime
    drawn: int
    drawn_by: str
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="被抽查的记录 / The records drawn")
    async def records(self, info: Info, first: int = 20, after: str | None = None) -> Connection[SampledRecord]:
        page = await info.context.loaders.load(sampled_of, self.id, first, after)
        return connection(page, SampledRecord.kept)

    @classmethod
    def of(cls, one: samples.Sample) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            division_code=strawberry.ID(one.division),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            seed=one.seed,
            confirmed_before=one.confirmed_before,
            drawn=one.drawn,
            drawn_by=one.drawn_by,
            policy_target=Target(division=one.division),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(samples.Sample, document))


async def sampled_of(context: Any, ids: Any, first: int, after: str | None) -> Any:
    return await page_per_parent(context.database[SAMPLED], "sample_id", ids, first=first, after=after)


@strawberry.type
class SampleQueries:
    @strawberry.field(description="某区划的抽查 / The samples drawn in a division")
    async def samples(
        self, info: Info, division_code: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Sample]:
        info.context.require("Query.samples", Target(division=division_code))
        found = await page(info.context.database[SAMPLES], {"division": division_code}, first=first, after=after)
        return connection(found, Sample.kept)


@strawberry.input
class DrawSampleInput:
    division_code: strawberry.ID
    starts_on: date
    ends_on: date
    size: int
    seed: str = text(max=100, min=1)

    def command(self) -> Draw:
        return Draw(self.division_code, self.starts_on, self.ends_on, self.size, self.seed)


@strawberry.input
class CheckSampledRecordInput:
    sampled_id: strawberry.ID
    finding: Finding
    note: str = text(max=500, default="")

    def command(self) -> CheckSampled:
        return CheckSampled(self.sampled_id, self.finding, self.note)
