"""Settings of service tracking, beside those of every service."""

from dataclasses import dataclass
from pathlib import Path

from servicekit.runtime.settings import SealingSettings


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """Where calendar feeds are read: the token is put behind it."""

    url: str


@dataclass(frozen=True, slots=True)
class Open311Address:
    """Where the Open311 endpoint is reached, and whom its users ask."""

    url: str
    contact: str


class Settings(SealingSettings):
    """Who is helped is sealed, and so is the holder's name on a service certificate."""

    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
    service_certificate_url: str = "huijia:service-certificate/"
    """What a service certificate's QR code holds before the number: the address of the public verification page."""
    calendar_url: str = "/calendar/"
    """The address of calendar feeds, before the token."""
    open311_url: str = "/open311/v2"
    """The public address of the Open311 endpoint, as its discovery document tells it."""
    open311_contact: str = "市级管理员 / The city's administrator"
    """Whom users of the Open311 endpoint ask."""
