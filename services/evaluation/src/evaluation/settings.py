"""Settings of this service: those of every service, and where the font for documents is."""

from pathlib import Path

from servicekit.runtime.settings import ServiceSettings


class EvaluationSettings(ServiceSettings):
    """HUIJIA_LANES must name every lane that any service publishes on: this service listens to all events."""

    statement_key: Path | None = None
    """An Ed25519 private key (PEM) that signs statements; without one they aren't signed. The public keys of those that
    signed before may follow it in the file.
    """
    font_folder: Path = Path("/usr/share/fonts/truetype/lxgw-wenkai")
