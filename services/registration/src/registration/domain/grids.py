"""Grids: the branches of a community, each covering one compound or several."""

from collections.abc import Iterable

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, NotFound, Refusal

from registration.domain.divisions import lane_of


class GridAlreadyExists(Refusal):
    grid_id: str
    zh = "该社区已有同名网格"
    en = "This community has a grid of this name already"
    next_zh = "请使用已有网格(gridId),或换一个名称。"
    next_en = "Use that grid (gridId), or choose another name."


class GridOfAnotherCommunity(Refusal):
    community_code: str
    zh = "该网格属于社区 {community_code}"
    en = "This grid belongs to community {community_code}"
    next_zh = "请选择报到社区内的网格。"
    next_en = "Choose a grid of the community that the member registered with."


class GridSnapshot(BaseModel):
    """Public state of a grid, carried by its events."""

    grid_id: str
    community: str
    name: str
    compounds: int


class Grid(Aggregate):
    community_code: str
    name: str
    compounds: list[str] = Field(default_factory=list)

    def require_community(self, community_code: str) -> None:
        if self.community_code != community_code:
            raise GridOfAnotherCommunity(path="grid_id", community_code=self.community_code)

    def move(self, community_code: str, name: str) -> None:
        """It goes on in another community, under a name that is free there."""
        self.community_code, self.name = community_code, name
        self.record("grid-moved")

    def snapshot(self) -> GridSnapshot:
        return GridSnapshot(
            grid_id=self.id, community=self.community_code, name=self.name, compounds=len(self.compounds)
        )


def create_grid(grid_id: str, *, community_code: str, name: str, compounds: list[str]) -> Grid:
    grid = Grid(id=grid_id, lane=lane_of(community_code), community_code=community_code, name=name, compounds=compounds)
    grid.record("grid-created")
    return grid


def covering(grids: Iterable[Grid], compound: str | None) -> Grid | None:
    """The grid whose branch covers the compound, by its name; None where none does, or more than one."""
    found = [one for one in grids if compound in one.compounds]
    return found[0] if len(found) == 1 else None


def no_such_grid(grid_id: str) -> NotFound:
    return NotFound(what_zh="网格", what_en="grid", id=grid_id, path="grid_id")
