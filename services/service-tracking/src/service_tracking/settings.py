"""Settings of service tracking, beside those of every service."""

from pathlib import Path

from servicekit.runtime.settings import SealingSettings


class Settings(SealingSettings):
    """Who is helped is sealed, and so is the holder's name on a service certificate."""

    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
    service_certificate_url: str = "huijia:service-certificate/"
    """What a service certificate's QR code holds before the number: the address of the public verification page."""
    calendar_url: str = "/calendar/"
    """The address of calendar feeds, before the token."""
