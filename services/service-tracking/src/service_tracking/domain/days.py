"""Calendar days, as the city counts them."""

from datetime import date, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


def day_of(instant: datetime) -> date:
    """The day in China at this instant."""
    return instant.astimezone(_CHINA).date()
