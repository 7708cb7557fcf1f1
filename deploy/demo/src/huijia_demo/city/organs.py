"""The organ register: organisations, committees, branches and guidance groups; some were dissolved."""

from datetime import date

from huijia_demo.city.chance import day_between, stream
from huijia_demo.city.model import Organ, OrganKind

CALLED = {
    OrganKind.COMPOUND_ORGANISATION: "小区党支部",
    OrganKind.OWNERS_COMMITTEE: "红色业委会",
    OrganKind.ENTERPRISE_BRANCH: "企业党支部",
    OrganKind.SOCIAL_BRANCH: "社会组织党支部",
    OrganKind.GUIDANCE_GROUP: "驻区指导组",
}
COMPOUNDS = ("锦绣", "龙腾", "和谐", "翠屏", "滨河", "阳光", "金域", "碧水")
FOUNDED = (date(2015, 9, 1), date(2017, 3, 31))
DISSOLVED_ON = date(2017, 9, 1)
# 1,250 organisations cover 1,469 compounds.
ONE_COVERS_TWO_IN = 6
ONE_DISSOLVED_IN = 40
SUBDISTRICT_DIGITS = 9


def organs(counts: dict[OrganKind, int], communities: list[str]) -> list[Organ]:
    """As many of each kind as asked that last, and one or more that were dissolved."""
    chance = stream("organs")

    def organ(kind: OrganKind, number: int, ended_on: date | None) -> Organ:
        community = communities[number % len(communities)]
        covers = 0 if kind is not OrganKind.COMPOUND_ORGANISATION else 1 + (number % ONE_COVERS_TWO_IN == 0)
        return Organ(
            kind=kind,
            division=community[:SUBDISTRICT_DIGITS] if kind is OrganKind.GUIDANCE_GROUP else community,
            name=f"{CALLED[kind]}·{number}",
            compounds=tuple(f"{chance.choice(COMPOUNDS)}小区{number}-{part}" for part in range(1, covers + 1)),
            starts_on=day_between(chance, *FOUNDED),
            ended_on=ended_on,
        )

    return [
        organ(kind, number, DISSOLVED_ON if number > count else None)
        for kind, count in counts.items()
        for number in range(1, count + max(1, count // ONE_DISSOLVED_IN) + 1)
    ]


def lasting(organs: list[Organ], kind: OrganKind) -> list[Organ]:
    return [organ for organ in organs if organ.kind is kind and organ.ended_on is None]
