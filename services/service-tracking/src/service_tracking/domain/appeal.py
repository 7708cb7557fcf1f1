"""A granted appeal, heard from evaluation: another body decided that a record is to be counted otherwise."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Remedy(StrEnum):
    COUNT = "COUNT"
    DO_NOT_COUNT = "DO_NOT_COUNT"
    CORRECT_HOURS = "CORRECT_HOURS"


@dataclass(frozen=True, slots=True)
class GrantedAppeal:
    """`approver` is the subject who decided. `hours` are there for CORRECT_HOURS; none of them is not to count."""

    appeal_id: str
    record_id: str
    remedy: Remedy
    hours: Decimal | None
    approver: str
    decided_at: datetime

    @property
    def counts(self) -> bool:
        return self.remedy is Remedy.COUNT or bool(self.remedy is Remedy.CORRECT_HOURS and self.hours)
