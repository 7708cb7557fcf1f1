"""What this service needs of evaluation's facts."""

from decimal import Decimal

from pydantic import BaseModel

from service_tracking.domain.appeal import Remedy


class AppealFact(BaseModel):
    """`fact_id` is the record's id where `fact_kind` is service. `decided_by` came later than the event itself."""

    appeal_id: str
    fact_kind: str
    fact_id: str
    remedy: Remedy
    hours: Decimal | None = None
    decided_by: str | None = None
