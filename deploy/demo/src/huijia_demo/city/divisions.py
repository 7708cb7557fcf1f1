"""The official table: the city, its seven counties with their real codes, generated subdistricts and communities."""

from collections.abc import Iterator

from huijia_demo.city.chance import stream
from huijia_demo.city.model import Division
from huijia_demo.figures import CITY, COMMUNITIES

COUNTIES = (
    Division("350802", "新罗区"),
    Division("350803", "永定区"),
    Division("350821", "长汀县"),
    Division("350823", "上杭县"),
    Division("350824", "武平县"),
    Division("350825", "连城县"),
    Division("350881", "漳平市"),
)
A_SUBDISTRICT_HAS = 6
COUNTY_DIGITS = 6
FIRST = "清和安康永乐青云福瑞文德仁义明光春晖金玉翠碧长平新兴"
SECOND = "溪园泉湖松竹梅兰桥门井坊庭里苑峰台洲"


def official_table() -> list[Division]:
    """Every division of the city, parents before children; about half of the communities lie in 350802."""
    names = _names()
    table = [Division(CITY, "龙岩市"), *COUNTIES]
    for county, count in zip(COUNTIES, _communities_by_county(), strict=True):
        for index in range(count):
            subdistrict = f"{county.code}{index // A_SUBDISTRICT_HAS + 1:03d}"
            if index % A_SUBDISTRICT_HAS == 0:
                table.append(Division(subdistrict, f"{next(names)}街道"))
            table.append(Division(f"{subdistrict}{index % A_SUBDISTRICT_HAS + 1:03d}", f"{next(names)}社区"))
    return table


def county_of(code: str) -> str:
    """Of a subdistrict or a community."""
    return code[:COUNTY_DIGITS]


def communities_alive(table: list[Division], count: int) -> list[str]:
    """The first `count` communities, in turn from 350802 and from the other counties."""
    codes = [division.code for division in table if len(division.code) == 12]
    centre = [code for code in codes if code.startswith(COUNTIES[0].code)]
    others = sorted((code for code in codes if code not in set(centre)), key=lambda code: (code[6:], code[:6]))
    return [code for pair in zip(centre, others, strict=True) for code in pair][:count]


def _communities_by_county() -> list[int]:
    half = COMMUNITIES.published // 2
    return [half, *[half // (len(COUNTIES) - 1)] * (len(COUNTIES) - 1)]


def _names() -> Iterator[str]:
    pairs = [first + second for first in FIRST for second in SECOND]
    stream("divisions").shuffle(pairs)
    return iter(pairs)
