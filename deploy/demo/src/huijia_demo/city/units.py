"""Partner units: generated names and valid unified social credit codes (GB 32100)."""

from random import Random

from stdnum.cn import uscc

from huijia_demo.city.chance import stream
from huijia_demo.city.model import Unit

# line, what a unit of it is called, registering authority and kind (the first two digits of the code)
LINES = (
    ("EDUCATION", "学校", "12"),
    ("HEALTH", "医院", "12"),
    ("GOVERNMENT", "局", "11"),
    ("FINANCE", "银行", "91"),
    ("INDUSTRY", "集团", "91"),
    ("CULTURE", "文化馆", "12"),
    ("TRANSPORT", "运输公司", "91"),
)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
NAMES = ("启明", "远航", "同心", "新程", "安和", "兴业", "致远", "立信", "博文", "建安", "广源", "恒通", "瑞丰", "德馨")


def partner_units(count: int, communities: list[str]) -> list[Unit]:
    """`count` units, each paired with one of `communities`, and sitting in its county."""
    chance = stream("units")
    return [_unit(chance, number, communities[number % len(communities)]) for number in range(count)]


def _unit(chance: Random, number: int, community: str) -> Unit:
    line, ending, kind = LINES[number % len(LINES)]
    county = community[:6]
    organisation = f"{chance.randint(0, 9999):04d}{number:04d}"
    body = f"{kind}{county}{organisation}{_organisation_check(organisation)}"
    name = f"龙岩{NAMES[number % len(NAMES)]}第{number + 1}{ending}"
    return Unit(body + uscc.calc_check_digit(body), name, line, county, community)


def _organisation_check(digits: str) -> str:
    """Check character of an organisation code (GB 11714)."""
    remainder = sum(weight * int(digit) for weight, digit in zip(ORGANISATION_WEIGHTS, digits, strict=True)) % 11
    return {0: "0", 1: "X"}.get(remainder, str(11 - remainder))
