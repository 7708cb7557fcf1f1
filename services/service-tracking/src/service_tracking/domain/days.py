"""Calendar days, as the city counts them."""

from datetime import date, datetime, timedelta, timezone

from servicekit.domain import InvalidInput

_CHINA = timezone(timedelta(hours=8))


def day_of(instant: datetime) -> date:
    """The day in China at this instant."""
    return instant.astimezone(_CHINA).date()


def check_not_future(day: date, now: datetime, *, path: str) -> None:
    """Raises InvalidInput."""
    if day > day_of(now):
        raise InvalidInput(path=path, reason_zh=f"日期 {day} 尚未到来", reason_en=f"{day} is in the future")
