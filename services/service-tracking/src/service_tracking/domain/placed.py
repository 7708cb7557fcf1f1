"""What belongs to a community goes over with it when another community takes over."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate


class EarlierCommunity(BaseModel):
    """Where something belonged; no longer on the day `until`."""

    community: str
    until: date


class PlacedSnapshot(BaseModel):
    """`earlier_communities` had it before the one that has it now, the first one first."""

    community: str
    earlier_communities: list[EarlierCommunity] = Field(default_factory=list)


class Placed(Aggregate):
    """Whatever a community has, under its code. `MOVED` is the fact that tells of its going over, where one does."""

    MOVED: ClassVar[str | None] = None

    community: str
    earlier_communities: list[EarlierCommunity] = Field(default_factory=list)

    @property
    def communities(self) -> list[str]:
        """All that it ever belonged to."""
        return [*(one.community for one in self.earlier_communities), self.community]

    def community_on(self, day: date) -> str:
        """The one that it belonged to on that day."""
        return next((one.community for one in self.earlier_communities if day < one.until), self.community)

    def go_over(self, into: str, on: date) -> None:
        """Since that day it belongs to `into`."""
        self.earlier_communities = [*self.earlier_communities, EarlierCommunity(community=self.community, until=on)]
        self.community = into
        if self.MOVED is not None:
            self.record(self.MOVED)
