"""A correction: what of a decided record is to change, who asked, and who else decided."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from service_tracking.domain.service import Vanguard


class Told(BaseModel):
    """What of a record can be corrected. Whether it `counts`, an appeal decides."""

    served_on: date
    hours: Decimal
    vanguard: Vanguard
    counts: bool = True


class Correction(BaseModel):
    """`approved` is None until somebody decides. `appeal_id` names the appeal that it follows from, if one."""

    before: Told
    after: Told
    reason: str
    asked_by: str
    asked_at: datetime
    approved: bool | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""
    appeal_id: str | None = None

    @property
    def by_hand(self) -> bool:
        """Whether somebody decided it who could as well have decided otherwise."""
        return self.decided_by is not None and self.appeal_id is None
