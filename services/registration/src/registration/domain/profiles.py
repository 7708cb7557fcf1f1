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


class Means(BaseModel):
    """Funding in yuan a year, premises in square metres; the added ones came with the scheme and are included."""

    staff: int
    funding: int
    premises: int
    added_funding: int = 0
    added_premises: int = 0
    platform: list[PlatformPart]


class ProfileSnapshot(Means):
    """Public state of a community's profile, carried by its events."""

    community: str
    closed_on: date | None


class CommunityProfile(Aggregate):
    """Its id is the community's code."""

    ancestors: list[str]
    means: Means
    closed_on: date | None = None

    def close(self, on: date) -> None:
        """The community's code was withdrawn."""
        self.closed_on = on
        self.record("profile-changed")

    def change(self, means: Means) -> bool:
        """Whether anything changed."""
        if means == self.means:
            return False
        self.means = means
        self.record("profile-changed")
        return True

    def snapshot(self) -> ProfileSnapshot:
        return ProfileSnapshot(community=self.id, closed_on=self.closed_on, **self.means.model_dump())


def new_profile(community_code: str, means: Means) -> CommunityProfile:
    profile = CommunityProfile(
        id=community_code,
        lane=lane_of(community_code),
        ancestors=ancestors_of(community_code),
        means=means,
    )
    profile.record("profile-changed")
    return profile
