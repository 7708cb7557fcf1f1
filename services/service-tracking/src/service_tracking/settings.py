"""Settings of service tracking, beside those of every service."""

from dataclasses import dataclass
from pathlib import Path

from servicekit.runtime.settings import SealingSettings


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """Where calendar feeds are read: the token is put behind it."""

    url: str


class Settings(SealingSettings):
    """Who is helped is sealed, and so is the holder's name on a service certificate."""

    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
    service_certificate_url: str = "huijia:service-certificate/"
    """What a service certificate's QR code holds before the number: the address of the public verification page."""
    calendar_url: str = "/calendar/"
    """The address of calendar feeds, before the token."""
