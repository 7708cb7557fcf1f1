"""Facts: everything that is counted, each kept at its newest version."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

LOCAL_TIME = timezone(timedelta(hours=8))
MERGED = "MERGED"
"""The status of a unit that another has taken over."""


class Kind(StrEnum):
    ROSTER_LINE = "roster_line"
    REGISTRATION = "registration"
    GRID = "grid"
    OFFER = "offer"
    CLAIM = "claim"
    SERVICE = "service"
    DIVISION = "division"
    UNIT = "unit"
    AGREEMENT = "agreement"
    PROBLEM = "problem"
    PROJECT = "project"
    SERVICE_POINT = "service_point"
    ORGAN = "organ"
    LEADER_LINK = "leader_link"
    APPOINTMENT = "appointment"
    PROFILE = "profile"


class Stay(BaseModel):
    """Where a fact counted before another place took it over; no longer on the day `until`."""

    model_config = ConfigDict(frozen=True)

    division: str
    until: date


class Fact(BaseModel):
    """One counted thing as it stood at `version`. It carries all that is needed to count it: no fact looks at another.

    `id` is the aggregate's id; together with the kind it is unique. `division` is the code of the place where it
    counts: the community, or for what belongs to a unit the unit's own division. It counts from the local date `on`,
    and no longer on `until`; `days` are other dates of it by name. `home` is where the unit of a registration sits,
    `line` the line of a unit, `offer` that of a claim. `hours` are hundredths of an hour. `mode` and `collective` (of a
    unit, under an agreement) are of activities, `role` and `rank` of appointments, and so is `organ_kind` where they
    are to an organ. `earlier` are the places where it counted before, the first one first. `amounts` are of profiles:
    yuan a year and square metres. `decider` is the subject who confirmed or rejected a service,
    `corrector` who decided about its last correction.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    version: int
    kind: Kind
    lane: str
    division: str
    earlier: tuple[Stay, ...] = ()
    on: date
    until: date | None = None
    days: dict[str, date] = {}
    status: str = ""
    unit: str = ""
    home: str = ""
    line: str = ""
    member: str = ""
    offer: str = ""
    offer_kind: str = ""
    organ_kind: str = ""
    mode: str = ""
    collective: bool = False
    hours: int = 0
    vanguard: str = ""
    role: str = ""
    rank: str = ""
    amounts: dict[str, int] = {}
    decider: str = ""
    corrector: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        return ledger_key(self.kind, self.id)


def ledger_key(kind: Kind, id: str) -> str:
    """Where the ledger keeps this fact."""
    return f"{kind}/{id}"


def local_date(instant: datetime) -> date:
    """The calendar day of an aware instant in the city's time (UTC+8)."""
    return instant.astimezone(LOCAL_TIME).date()
