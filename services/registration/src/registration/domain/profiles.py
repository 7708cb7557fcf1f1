"""Profiles of communities: what each has to work with, so that the floors can be tested."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import Aggregate

from registration.domain.divisions import ancestors_of, lane_of


class PlatformPart(StrEnum):
    """The four that a community's platform has: people to do the work, money, a place, and rules."""

    STAFF = "STAFF"
    FUNDS = "FUNDS"
    PREMISES = "PREMISES"
    RULES = "RULES"


AMOUNTS = ("staff", "funding", "premises", "added_funding", "added_premises")


class Means(BaseModel):
    """Funding in yuan a year, premises in square metres; the added ones came with the scheme and are included."""

    staff: int
    funding: int
    premises: int
    added_funding: int = 0
    added_premises: int = 0
    platform: list[PlatformPart]

    def __add__(self, other: "Means") -> "Means":
        """What both have together."""
        has = {*self.platform, *other.platform}
        sums = {name: getattr(self, name) + getattr(other, name) for name in AMOUNTS}
        return Means(platform=[part for part in PlatformPart if part in has], **sums)


class ProfileSnapshot(Means):
    """Public state of a community's profile, carried by its events."""

    community: str
    since: date | None
    closed_on: date | None


class CommunityProfile(Aggregate):
    """Its id is the community's code. It has had these means `since` a day, and no longer on the day `closed_on`."""

    ancestors: list[str]
    means: Means
    since: date | None = None
    closed_on: date | None = None

    def close(self, on: date) -> None:
        """The community's code was withdrawn: who took over has its means."""
        self.closed_on = on
        self.record("profile-changed")

    def change(self, means: Means, on: date) -> bool:
        """Whether anything changed."""
        if means == self.means:
            return False
        self.means, self.since = means, on
        self.record("profile-changed")
        return True

    def snapshot(self) -> ProfileSnapshot:
        return ProfileSnapshot(community=self.id, since=self.since, closed_on=self.closed_on, **self.means.model_dump())


def new_profile(community_code: str, means: Means, on: date) -> CommunityProfile:
    profile = CommunityProfile(
        id=community_code,
        lane=lane_of(community_code),
        ancestors=ancestors_of(community_code),
        means=means,
        since=on,
    )
    profile.record("profile-changed")
    return profile
