"""Settings of registration, beside those of every service."""

from pathlib import Path

from servicekit.runtime.settings import SealingSettings


class RegistrationSettings(SealingSettings):
    """Members' personal data is sealed."""

    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
    certificate_url: str = "huijia:certificate/"
    """What a certificate's QR code holds before the number: the address of the public verification page."""
