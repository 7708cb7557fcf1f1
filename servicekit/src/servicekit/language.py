"""In which language somebody wants to be answered."""

from servicekit.domain.refusals import Language


def language_of(accept_language: str | None) -> Language:
    """The preferred of Chinese and English; Chinese when neither is asked for."""
    best: tuple[float, Language] = (0.0, "zh")
    for choice in (accept_language or "")[:200].split(","):
        name, _, quality = choice.strip().partition(";q=")
        weight = _quality(quality)
        for language in ("zh", "en"):
            if name.lower().split("-")[0] == language and weight > best[0]:
                best = (weight, language)
    return best[1]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
