"""Facts for tests, told briefly."""

from datetime import date

from evaluation.domain.facts import Fact, Kind
from evaluation.domain.months import AsOf

END_OF_2017 = AsOf(2017, "2017-12")
COUNTY, OTHER_COUNTY = "350802", "350803"
COMMUNITY, OTHER_COMMUNITY = "350802001001", "350803001001"
UNIT, OTHER_UNIT = "unit-1", "unit-2"


def division(code: str, name: str = "") -> Fact:
    return _fact(Kind.DIVISION, code, division=code, name=name or f"区划{code}")


def unit(id: str = UNIT, line: str = "education", division: str = "350802001") -> Fact:
    return _fact(Kind.UNIT, id, division=division, unit=id, line=line, name=f"单位{id}")


def line(
    member: str,
    unit: str = UNIT,
    division: str = "350802001",
    *,
    active: bool = True,
    version: int = 1,
    on: date = date(2017, 1, 1),
    until: date | None = None,
) -> Fact:
    status = "ACTIVE" if active else "LEFT"
    where = {"division": division, "unit": unit, "member": member}
    return _fact(Kind.ROSTER_LINE, member, version=version, status=status, on=on, until=until, **where)


def registration(
    member: str,
    community: str = COMMUNITY,
    *,
    unit: str = UNIT,
    status: str = "COMPLETED",
    version: int = 1,
    on: date = date(2017, 1, 1),
    until: date | None = None,
    home: str = "350802001",
) -> Fact:
    """`home` is where the unit sits."""
    return _fact(
        Kind.REGISTRATION,
        f"r-{member}",
        version=version,
        division=community,
        home=home,
        unit=unit,
        member=member,
        status=status,
        on=on,
        until=until,
    )


def service(
    id: str,
    member: str,
    community: str = COMMUNITY,
    *,
    on: date = date(2017, 3, 5),
    status: str = "CONFIRMED",
    hours: int = 150,
    unit: str = UNIT,
    version: int = 1,
) -> Fact:
    return _fact(
        Kind.SERVICE,
        id,
        version=version,
        division=community,
        unit=unit,
        member=member,
        on=on,
        status=status,
        hours=hours,
        vanguard="MEDIATION",
    )


def offer(id: str, kind: str, community: str = COMMUNITY, *, status: str = "PUBLISHED", version: int = 1) -> Fact:
    return _fact(Kind.OFFER, id, version=version, division=community, offer_kind=kind, status=status)


def claim(
    id: str,
    member: str,
    kind: str,
    community: str = COMMUNITY,
    *,
    offer: str = "",
    status: str = "APPROVED",
    version: int = 1,
    until: date | None = None,
) -> Fact:
    return _fact(
        Kind.CLAIM,
        id,
        version=version,
        division=community,
        unit=UNIT,
        member=member,
        offer=offer,
        offer_kind=kind,
        status=status,
        until=until,
    )


def _fact(kind: Kind, id: str, *, division: str, **fields: object) -> Fact:
    given = {"version": 1, "on": date(2017, 1, 1), "lane": division[:6].ljust(6, "0")}
    return Fact.model_validate({**given, **fields, "id": id, "kind": kind, "division": division})
