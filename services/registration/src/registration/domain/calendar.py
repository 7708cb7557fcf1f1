"""Dates are the city's dates, whatever the server's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from servicekit.domain import InvalidInput

CITY_TIME = ZoneInfo("Asia/Shanghai")


def city_date(instant: datetime) -> date:
    """The date in the city at an aware instant."""
    return instant.astimezone(CITY_TIME).date()


def past_date(given: date | None, now: datetime, path: str) -> date:
    """The date given, or today; refused when it is still to come."""
    today = city_date(now)
    if given is not None and given > today:
        raise InvalidInput(path=path, reason_zh=f"日期不能晚于今天({today})", reason_en=f"not after today ({today})")
    return given or today
