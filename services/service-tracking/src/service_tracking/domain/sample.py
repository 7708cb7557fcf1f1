"""A sample: confirmed records drawn for a second check, the same for whoever draws again."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput

from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.refusals import OwnRecord, RecordDecided, SecondPersonRequired

MOST = 500
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Draw:
    """Which records: of a division, served in a period (both days included). `seed` says which of them."""

    division: str
    starts_on: date
    ends_on: date
    size: int
    seed: str

    def check(self) -> None:
        """Raises InvalidInput."""
        if not self.division.isdigit() or len(self.division) not in (6, 9, 12):
            raise InvalidInput(
                path="division_code",
                reason_zh="须为区县、街道或社区代码",
                reason_en="the code of a county, subdistrict or community",
            )
        if not 0 <= (self.ends_on - self.starts_on).days < LONGEST_DAYS:
            raise InvalidInput(path="ends_on", reason_zh="期间最长一年", reason_en="a period of at most a year")
        if not 1 <= self.size <= MOST:
            raise InvalidInput(path="size", reason_zh=f"1 到 {MOST}", reason_en=f"1 to {MOST}")
        if not self.seed.strip():
            raise InvalidInput(path="seed", reason_zh="不能为空", reason_en="it is empty")

    def pick(self, record_ids: Iterable[str]) -> list[str]:
        """Those whose hash with the seed is least: nobody can foresee them without it, anybody can repeat them."""
        return heapq.nsmallest(self.size, record_ids, key=lambda id: sha256(f"{self.seed}:{id}".encode()).digest())


class SampleSnapshot(BaseModel):
    """The public state of a sample."""

    division: str
    starts_on: date
    ends_on: date
    drawn: int


class Sample(Aggregate):
    """Drawn once; `confirmed_before` makes it repeatable however many records are confirmed since."""

    division: str
    starts_on: date
    ends_on: date
    size: int
    seed: str
    confirmed_before: datetime
    drawn: int
    drawn_by: str

    @classmethod
    def of(cls, draw: Draw, drawn: int, *, id: str, by: str, now: datetime) -> Self:
        sample = cls(
            id=id,
            lane=draw.division[:6],
            division=draw.division,
            starts_on=draw.starts_on,
            ends_on=draw.ends_on,
            size=draw.size,
            seed=draw.seed,
            confirmed_before=now,
            drawn=drawn,
            drawn_by=by,
        )
        sample.record("sample-drawn")
        return sample

    def snapshot(self) -> SampleSnapshot:
        return SampleSnapshot(**{name: getattr(self, name) for name in SampleSnapshot.model_fields})


class Finding(StrEnum):
    UPHELD = "UPHELD"
    DOUBTFUL = "DOUBTFUL"
    REFUTED = "REFUTED"


class SampledSnapshot(BaseModel):
    """The public state of one record in a sample."""

    sample_id: str
    record_id: str
    community: str
    finding: Finding | None


class Sampled(Aggregate):
    """One record in a sample, checked once, by somebody who had nothing to do with it."""

    sample_id: str
    record_id: str
    community: str
    finding: Finding | None = None
    note: str = ""
    checked_by: str | None = None
    checked_at: datetime | None = None

    def check(self, record: ServiceRecord, finding: Finding, note: str, *, by: Person, now: datetime) -> None:
        """Raises RecordDecided, OwnRecord, SecondPersonRequired, InvalidInput."""
        if self.finding is not None:
            raise RecordDecided(path="sampled_id", record_id=record.id, current_status=self.finding.value)
        if record.member_id in by.member_ids:
            raise OwnRecord(path="sampled_id")
        if by.subject in record.involved:
            raise SecondPersonRequired(path="sampled_id", record_id=record.id)
        if finding is not Finding.UPHELD and not note.strip():
            raise InvalidInput(path="note", reason_zh="须写明情况", reason_en="say what was found")
        self.finding, self.note, self.checked_by, self.checked_at = finding, note.strip(), by.subject, now
        self.record("sample-checked")

    def snapshot(self) -> SampledSnapshot:
        return SampledSnapshot(**{name: getattr(self, name) for name in SampledSnapshot.model_fields})
