"""What every consumed model can say: which fact it is."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

# Ids and codes become parts of keys and field names, so they have no separators.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,18}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[^/\x00-\x1f]{0,100}$")]
Subject = Annotated[str, StringConstraints(max_length=255)]
"""Who signed in, as the issuer calls them."""
Word = Annotated[str, StringConstraints(pattern=r"^[A-Z_]{0,40}$")]


def dated(name: str, day: date | None) -> dict[str, date]:
    """A field of the fact, left out where the day isn't known."""
    return {name: day} if day else {}


def days(**known: date | None) -> dict[str, date]:
    """Those of the days that are known."""
    return {name: day for name, day in known.items() if day}


class Counted(BaseModel):
    """A snapshot as this service understands it; what it doesn't need is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def counted(self) -> dict[str, Any]:
        """The fields of the `Fact` that the event's envelope doesn't give. `on` may be left to the event's time."""
        raise NotImplementedError
