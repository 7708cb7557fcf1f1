"""What happens in the demo city, as plain data: the player reads it, the tally counts it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the official table: city 6, county 6, subdistrict 9, community 12 digits."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Unit:
    credit_code: str
    name: str
    line: str
    county: str
    community: str  # the primary community of its agreement


class Fate(StrEnum):
    """How far a person's registration gets."""

    COMPLETED = "completed"
    COMPLETED_AFTER_REJECTION = "completed after rejection"
    COMPLETED_AFTER_WITHDRAWAL = "completed after withdrawal"
    SUBMITTED = "submitted only"
    CERTIFIED = "certified only"
    NONE = "none"

    @property
    def completes(self) -> bool:
        return self in (Fate.COMPLETED, Fate.COMPLETED_AFTER_REJECTION, Fate.COMPLETED_AFTER_WITHDRAWAL)


class Presence(StrEnum):
    """On which version of the unit's roster a person stands."""

    BOTH = "both"
    LEAVES = "first only"
    JOINS = "second only"


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    unit: Unit
    name: str
    id_number: str
    phone: str
    community: str
    by_residence: bool  # the roster names the residence; else the unit's agreement places the member
    presence: Presence
    fate: Fate
    registers_on: date
    alone: bool  # acts with an own token instead of through those who act in bulk

    @property
    def masked_id(self) -> str:
        return f"{self.id_number[:6]}********{self.id_number[-4:]}"

    @property
    def settled(self) -> bool:
        """Registered, through the unit, where the roster says that this person lives, and on it to the end."""
        return self.by_residence and not self.alone and self.presence is Presence.BOTH and self.fate.completes


@dataclass(frozen=True, slots=True)
class Grid:
    community: str
    name: str
    compound: str  # where the people of this grid live


class Kind(StrEnum):
    POST = "POST"
    WISH = "WISH"
    PAIRING = "PAIRING"
    TEAM = "TEAM"


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    kind: Kind
    community: str
    title: str
    capacity: int
    opens_on: date
    leader: Person | None = None  # of a team
    recurrence: str = ""  # of a post that recurs: a rule of RFC 5545


class Verdict(StrEnum):
    APPROVED = "approved"
    COMPLETED = "approved, and a pairing that did its work"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    offer: Offer
    person: Person
    verdict: Verdict
    waits: bool = False  # on the list of an offer that is full, until its place is given back


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One person serves once, on a day of their own: a person and a day name a record."""

    person: Person
    community: str  # where it was served: mostly at home, sometimes elsewhere in the city
    claim: Claim | None
    activity: str
    served_on: date
    hours: Decimal
    vanguard: str
    outcome: Outcome


class Mode(StrEnum):
    FIXED_POINT = "FIXED_POINT"
    TEAM = "TEAM"
    THEMED = "THEMED"


# What becomes of a thing: the statuses that it goes through, in the server's words.
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    mode: Mode
    community: str
    unit: Unit | None  # a collective activity of this unit, under its agreement with the community
    title: str
    planned_on: date
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    person: Person  # who reports it, at home
    category: str
    title: str
    observed_on: date
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    unit: Unit  # carried out in the community of its agreement
    title: str
    proposed_on: date
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class ServicePoint:
    community: str
    name: str
    opened_on: date
    path: Path


class OrganKind(StrEnum):
    COMPOUND_ORGANISATION = "COMPOUND_ORGANISATION"
    OWNERS_COMMITTEE = "OWNERS_COMMITTEE"
    ENTERPRISE_BRANCH = "ENTERPRISE_BRANCH"
    SOCIAL_BRANCH = "SOCIAL_BRANCH"
    GUIDANCE_GROUP = "GUIDANCE_GROUP"


@dataclass(frozen=True, slots=True, eq=False)
class Organ:
    kind: OrganKind
    division: str  # a community; a subdistrict for guidance groups
    name: str
    compounds: tuple[str, ...]
    starts_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, eq=False)
class LeaderLink:
    leader: Person
    community: str
    starts_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Appointment:
    """Of an official, to a compound's organ or as first secretary of a community."""

    person: Person
    rank: str
    place: Organ | str
    starts_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Yuan a year and square metres; what was added is included."""

    community: str
    staff: int
    funding: int
    added_funding: int
    premises: int
    added_premises: int


@dataclass(frozen=True, slots=True)
class City:
    scale: float
    divisions: list[Division]
    communities: list[str]  # codes of those where anything happens; the table has all of them
    units: list[Unit]
    people: list[Person]
    grids: list[Grid]
    offers: list[Offer]
    claims: list[Claim]
    records: list[Record]
    # A plain town does without the rest.
    placements: dict[Person, Grid] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    service_points: list[ServicePoint] = field(default_factory=list)
    organs: list[Organ] = field(default_factory=list)
    leader_links: list[LeaderLink] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)

    @property
    def world(self) -> str:
        """Where this city lives: another scale, or another edition of the scenario, never mixes with it."""
        digest = hashlib.sha256("\n".join(self._signature()).encode()).hexdigest()
        return f"demo-{self.scale:g}-{digest[:6]}".replace(".", "_")

    def _signature(self) -> Iterator[str]:
        yield from (f"{unit.credit_code} {unit.community}" for unit in self.units)
        yield from (f"{one.id_number} {one.community} {one.presence} {one.fate}" for one in self.people)
        yield from (f"{grid.community} {grid.name} {grid.compound}" for grid in self.grids)
        yield from (f"{one.community} {one.kind} {one.title} {one.capacity} {one.recurrence}" for one in self.offers)
        yield from (f"{one.person.id_number} {one.offer.title} {one.verdict} {one.waits}" for one in self.claims)
        yield from (f"{one.person.id_number} {one.served_on} {one.community} {one.outcome}" for one in self.records)
        yield from (f"{one.community} {one.title} {one.planned_on} {one.path}" for one in self.activities)
        yield from (f"{one.person.id_number} {one.title} {one.path}" for one in self.problems)
        yield from (f"{one.unit.credit_code} {one.title} {one.path}" for one in self.projects)
        yield from (f"{one.community} {one.name} {one.path}" for one in self.service_points)
        yield from (f"{person.id_number} {grid.name}" for person, grid in self.placements.items())
        yield from (f"{one.division} {one.kind} {one.name} {one.ended_on}" for one in self.organs)
        yield from (f"{one.leader.id_number} {one.community} {one.ended_on}" for one in self.leader_links)
        yield from (f"{one.person.id_number} {one.rank} {one.ended_on}" for one in self.appointments)
        yield from (str(profile) for profile in self.profiles)
