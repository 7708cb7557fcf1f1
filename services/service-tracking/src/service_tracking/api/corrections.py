"""Corrections in the graph."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self

import strawberry
from servicekit.graphql import text

from service_tracking.domain import correction as corrections
from service_tracking.domain.claim import Decision
from service_tracking.domain.service import Vanguard
from service_tracking.use_cases.ask_correction import AskCorrection
from service_tracking.use_cases.decide_correction import DecideCorrection


@strawberry.type(description="可更正的内容 / What of a record can be corrected")
class Told:
    served_on: date
    hours: Decimal
    vanguard: Vanguard
    counts: bool


@strawberry.type(description="更正;approved 为空表示待决定 / A correction; `approved` is null until somebody decides")
class Correction:
    before: Told
    after: Told
    reason: str
    asked_by: str
    asked_at: datetime
    approved: bool | None
    decided_by: str | None
    decided_at: datetime | None
    note: str
    appeal_id: strawberry.ID | None

    @classmethod
    def of(cls, correction: corrections.Correction) -> Self:
        said = dict(correction)
        return cls(**{**said, "before": Told(**dict(correction.before)), "after": Told(**dict(correction.after))})


@strawberry.input
class AskCorrectionInput:
    record_id: strawberry.ID
    reason: str = text(max=500)
    served_on: date | None = None
    hours: Decimal | None = None
    vanguard: Vanguard | None = None

    def command(self) -> AskCorrection:
        return AskCorrection(self.record_id, self.reason, self.served_on, self.hours, self.vanguard)


@strawberry.input
class DecideCorrectionInput:
    record_id: strawberry.ID
    decision: Decision
    note: str = text(max=500, default="")

    def command(self) -> DecideCorrection:
        return DecideCorrection(self.record_id, self.decision is Decision.APPROVE, self.note)
