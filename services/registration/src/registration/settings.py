"""Settings of registration, beside those of every service."""

from pathlib import Path

from servicekit.runtime.settings import ServiceSettings


class RegistrationSettings(ServiceSettings):
    """`data_keys` and `blind_index_key` are required here: members' personal data is sealed."""

    data_keys: Path
    blind_index_key: Path
    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
    certificate_url: str = "huijia:certificate/"
    """What a certificate's QR code holds before the number: the address of the public verification page."""
