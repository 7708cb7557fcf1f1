"""The published figures of the city, and what they must come out at on a smaller scale.

A new row of the bulletin is a new entry here, its rule in `city.tally`, and the scenario that produces it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """A figure that is a number of things."""

    id: str
    label: str
    published: int

    def expected(self, scale: float) -> "Fraction":
        return Fraction(max(1, round(self.published * scale)))

    @property
    def as_published(self) -> "Fraction":
        return Fraction(self.published)


@dataclass(frozen=True)
class Rate:
    """A figure that is a share of one count in another; both scale, and the quotient follows."""

    id: str
    label: str
    numerator: Count
    denominator: Count

    def expected(self, scale: float) -> "Fraction":
        return self.numerator.expected(scale).over(self.denominator.expected(scale))

    @property
    def as_published(self) -> "Fraction":
        return self.numerator.as_published.over(self.denominator.as_published)


@dataclass(frozen=True)
class Fraction:
    """A value with what it is made of: rates are compared by both parts, never by a rounded quotient."""

    numerator: int
    denominator: int | None = None

    def over(self, other: "Fraction") -> "Fraction":
        return Fraction(self.numerator, other.numerator)

    @property
    def value(self) -> float | int | None:
        """A count as it is, a rate in percent with four decimals; None where there is nothing to divide by."""
        if self.denominator is None:
            return self.numerator
        return round(100 * self.numerator / self.denominator, 4) if self.denominator else None

    def __str__(self) -> str:
        if self.denominator is None:
            return f"{self.numerator:,}"
        percent = "none" if self.value is None else f"{self.value:.2f} %"
        return f"{percent} ({self.numerator:,} / {self.denominator:,})"


Figure = Count | Rate

ACTIVE_ROSTER_LINES = Count("active_roster_lines", "active roster lines", 37_466)
REGISTERED_MEMBERS = Count("registered_members", "registered members", 37_455)
# Not a row of its own: what the published service rate of 99.95 % is made of.
SERVING_MEMBERS = Count("serving_members", "members with two services in the year", 37_436)
REGISTRATION_RATE = Rate("registration_rate", "registration rate", REGISTERED_MEMBERS, ACTIVE_ROSTER_LINES)
SERVICE_RATE = Rate("service_rate", "service rate", SERVING_MEMBERS, REGISTERED_MEMBERS)
COMMUNITIES = Count("communities", "communities", 132)
GRID_BRANCHES = Count("grid_branches", "grid branches", 1_119)
POSTS = Count("posts", "service posts published", 3_957)
POST_CLAIMS = Count("post_claims", "post claims", 59_000)
WISHES = Count("wishes", "micro-wishes", 7_732)
WISHES_CLAIMED = Count("wishes_claimed", "micro-wishes claimed", 5_763)
PERSON_VISITS = Count("person_visits", "person-visits", 346_000)
SERVICE_TEAMS = Count("service_teams", "service teams", 737)
PAIRING_NEEDS = Count("pairing_needs", "pairing needs", 3_649)
PAIRS = Count("pairs", "pairs", 3_045)
PROBLEMS_SOLVED = Count("problems_solved", "problems solved", 32_000)
PARTNER_UNITS = Count("partner_units", "partner units", 890)
AGREEMENTS = Count("agreements", "agreements", 890)
COLLECTIVE_ACTIVITIES = Count("collective_activities", "collective activities", 4_491)
PROJECTS_STARTED = Count("projects_started", "projects started", 2_770)
PROJECTS_COMPLETED = Count("projects_completed", "projects completed", 2_533)
SERVICE_POINTS = Count("service_points", "service points", 113)
TEAM_SERVICES = Count("team_services", "team services", 1_021)
THEMED_ACTIVITIES = Count("themed_activities", "themed activities", 2_752)
# Counted by their links: a leader has one.
LEADERS = Count("leader_links", "leaders", 120)
LINKED_COMMUNITIES = Count("linked_communities", "linked communities", 82)
COMPOUND_ORGANISATIONS = Count("compound_organisations", "compound organisations", 1_250)
OWNERS_COMMITTEES = Count("owners_committees", "red owners' committees", 489)
ENTERPRISE_BRANCHES = Count("enterprise_branches", "enterprise branches", 19)
SOCIAL_BRANCHES = Count("social_branches", "social-organisation branches", 24)
GUIDANCE_GROUPS = Count("guidance_groups", "guidance groups", 55)
FIRST_SECRETARIES = Count("first_secretaries", "seconded first secretaries", 15)
BUREAU_OFFICIALS = Count("bureau_officials", "officials, bureau rank", 2)
DIVISION_OFFICIALS = Count("division_officials", "officials, division rank", 161)
SECTION_OFFICIALS = Count("section_officials", "officials, section rank", 1_228)
# Yuan a year. Published is the floor itself, which all communities came up to.
FUNDING_FLOOR = 130_000
FUNDED_COMMUNITIES = Count("funded_communities", "communities at the funding floor", 132)
NEW_PREMISES = Count("new_premises", "new premises (m2)", 26_900)
NEW_FUNDING = Count("new_funding", "new funding (yuan a year)", 66_500_000)

FIGURES: tuple[Figure, ...] = (
    ACTIVE_ROSTER_LINES,
    REGISTERED_MEMBERS,
    REGISTRATION_RATE,
    SERVICE_RATE,
    COMMUNITIES,
    GRID_BRANCHES,
    SERVICE_TEAMS,
    POSTS,
    POST_CLAIMS,
    PAIRING_NEEDS,
    PAIRS,
    WISHES,
    WISHES_CLAIMED,
    PERSON_VISITS,
    PROBLEMS_SOLVED,
    PARTNER_UNITS,
    AGREEMENTS,
    COLLECTIVE_ACTIVITIES,
    PROJECTS_STARTED,
    PROJECTS_COMPLETED,
    LEADERS,
    LINKED_COMMUNITIES,
    SERVICE_POINTS,
    TEAM_SERVICES,
    THEMED_ACTIVITIES,
    COMPOUND_ORGANISATIONS,
    OWNERS_COMMITTEES,
    ENTERPRISE_BRANCHES,
    SOCIAL_BRANCHES,
    GUIDANCE_GROUPS,
    FIRST_SECRETARIES,
    BUREAU_OFFICIALS,
    DIVISION_OFFICIALS,
    SECTION_OFFICIALS,
    FUNDED_COMMUNITIES,
    NEW_PREMISES,
    NEW_FUNDING,
)

CITY = "350800"
MEASURED_YEAR = 2017
# As it stands now, not at the end of that year: much is dated by the day on which the demo is played.
NOW = "9998-12-31"
