"""QR codes as SVG."""

from functools import lru_cache

import segno


@lru_cache(maxsize=512)
def qr_svg(payload: str) -> str:
    """Remembered: one takes a millisecond of the event loop, and a query may ask for it under hundreds of aliases."""
    return segno.make(payload, error="q", micro=False).svg_inline(scale=4)
