"""Division codes: 2 digits a province, 4 a city, 6 a county, 9 a township, 12 a community."""

from evaluation.domain.facts import Fact

_LENGTHS = (2, 4, 6, 9, 12)


def parent_prefix(code: str) -> str:
    """What the codes of all divisions under the parent share; empty for a province. `350800` is a city."""
    length = 4 if len(code) == 6 and code.endswith("00") else len(code)
    shorter = [one for one in _LENGTHS if one < length]
    return code[: shorter[-1]] if shorter else ""


def owners(code: str) -> list[str]:
    """The division and those above it, the nearest first. A city goes by four digits and by six."""
    above = [code[:length] for length in reversed(_LENGTHS) if length < len(code)]
    city = [f"{code[:4]}00"] if len(code) >= 4 and code != f"{code[:4]}00" else []
    return [code, *above, *city]


def valid(division: Fact, day: str) -> bool:
    """Whether its code is valid on the day; one without dates always is."""
    since, until = division.days.get("valid_from"), division.until
    return not (since and since.isoformat() > day) and not (until and until.isoformat() <= day)
