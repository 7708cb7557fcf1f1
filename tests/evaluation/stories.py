"""Random stories of facts: aggregates that change, and the events about them in any order, some more than once."""

from datetime import date

from evaluation.domain.facts import Fact, Kind
from hypothesis import strategies as st

LANES = ("350802", "350803")
MEMBERS = ("m1", "m2", "m3")
UNITS = ("u1", "u2")

_STATES: dict[Kind, tuple[str, ...]] = {
    Kind.ROSTER_LINE: ("ACTIVE", "LEFT", "ACTIVE"),
    Kind.REGISTRATION: ("COMPLETED", "SUBMITTED", "COMPLETED", "ENDED"),
    Kind.GRID: ("",),
    Kind.OFFER: ("PUBLISHED", "CLOSED"),
    Kind.CLAIM: ("PENDING", "APPROVED", "WITHDRAWN"),
    Kind.SERVICE: ("CONFIRMED", "SUBMITTED", "CONFIRMED", "REJECTED"),
    Kind.DIVISION: ("",),
    Kind.UNIT: ("",),
    Kind.AGREEMENT: ("ACTIVE", "ENDED"),
    Kind.PROBLEM: ("REPORTED", "RESOLVED", "REOPENED", "CONFIRMED"),
    Kind.SERVICE_POINT: ("OPEN", "CLOSED"),
    Kind.ORGAN: ("ACTIVE", "ENDED"),
    Kind.LEADER_LINK: ("ACTIVE", "ENDED"),
    Kind.APPOINTMENT: ("ACTIVE", "ENDED"),
    Kind.PROFILE: ("",),
    Kind.PROJECT: ("PROPOSED", "STARTED", "COMPLETED", "CANCELLED"),
}
# A member stands on one roster and is registered once; here always in another lane than that of the unit.
_ONE_A_MEMBER = (Kind.ROSTER_LINE, Kind.REGISTRATION)
MEANS = (
    {"funding": 129_999, "added_funding": 0, "added_premises": 0},
    {"funding": 130_000, "added_funding": 30_000, "added_premises": 40},
)
_ENDING = (Kind.ROSTER_LINE, Kind.REGISTRATION, Kind.CLAIM, Kind.AGREEMENT, Kind.ORGAN, Kind.LEADER_LINK)
_OF_ORGANS = (Kind.ORGAN, Kind.APPOINTMENT)
_PERSONAL = (Kind.ROSTER_LINE, Kind.REGISTRATION, Kind.CLAIM, Kind.SERVICE)


@st.composite
def facts(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind), versions: int = 3) -> Fact:
    """One fact; the lane follows from the id, as an aggregate's lane never changes."""
    kind = draw(st.sampled_from(kinds))
    number = draw(st.integers(0, 5))
    on = draw(st.dates(date(2016, 11, 1), date(2017, 2, 28)))
    member = draw(st.sampled_from(MEMBERS)) if kind in _PERSONAL else ""
    if kind in _ONE_A_MEMBER:
        number = MEMBERS.index(member) + (kind is Kind.REGISTRATION)
    lane = LANES[number % len(LANES)]
    return Fact(
        id=member if kind in _ONE_A_MEMBER else f"{number}",
        version=draw(st.integers(1, versions)),
        kind=kind,
        lane=lane,
        division=f"{lane}00100{draw(st.integers(1, 2))}",
        on=on,
        until=draw(st.none() | st.dates(on, date(2017, 4, 30))) if kind in _ENDING else None,
        days={"left_roster": date(2017, 2, 1)} if kind is Kind.REGISTRATION and draw(st.booleans()) else {},
        home=f"{LANES[0]}001" if kind is Kind.REGISTRATION else "",
        status=draw(st.sampled_from(_STATES[kind])),
        unit=draw(st.sampled_from(UNITS)),
        member=member,
        offer_kind=draw(st.sampled_from(["POST", "WISH"])) if kind in (Kind.OFFER, Kind.CLAIM) else "",
        organ_kind=draw(st.sampled_from(["OWNERS_COMMITTEE", "GUIDANCE_GROUP"])) if kind in _OF_ORGANS else "",
        role=draw(st.sampled_from(["SECRETARY", "FIRST_SECRETARY"])) if kind is Kind.APPOINTMENT else "",
        rank=draw(st.sampled_from(["BUREAU", "NONE"])) if kind is Kind.APPOINTMENT else "",
        amounts=draw(st.sampled_from(MEANS)) if kind is Kind.PROFILE else {},
        hours=draw(st.sampled_from([0, 50, 150])) if kind is Kind.SERVICE else 0,
        vanguard=draw(st.sampled_from(["", "MEDIATION"])) if kind is Kind.SERVICE else "",
    )


def histories(kinds: tuple[Kind, ...] = tuple(Kind), min_size: int = 0) -> st.SearchStrategy[list[Fact]]:
    """Facts in the order of arrival. Two facts of one key and version are the same fact, as on the bus."""
    return st.lists(facts(kinds), min_size=min_size, max_size=60).map(_one_truth)


def _one_truth(arrived: list[Fact]) -> list[Fact]:
    truth: dict[tuple[str, int], Fact] = {}
    return [truth.setdefault((fact.key, fact.version), fact) for fact in arrived]


def newest(arrived: list[Fact]) -> list[Fact]:
    """What a ledger keeps of them."""
    kept: dict[str, Fact] = {}
    for fact in arrived:
        if fact.key not in kept or kept[fact.key].version < fact.version:
            kept[fact.key] = fact
    return list(kept.values())
