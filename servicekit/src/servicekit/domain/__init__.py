"""What a pure domain may use: aggregates, refusals, ids and the clock. Nothing here does I/O."""

from servicekit.domain.aggregate import Aggregate
from servicekit.domain.clock import Clock, FixedClock, SystemClock
from servicekit.domain.ids import new_id
from servicekit.domain.refusals import Busy, InvalidInput, NotFound, NotPermitted, Refusal, TooManyRows

__all__ = [
    "Aggregate",
    "Busy",
    "Clock",
    "FixedClock",
    "InvalidInput",
    "NotFound",
    "NotPermitted",
    "Refusal",
    "SystemClock",
    "TooManyRows",
    "new_id",
]
