"""Groups: the parts of a grid, each covering buildings or stairs."""

from collections.abc import Iterable

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.grids import Grid


class GroupAlreadyExists(Refusal):
    group_id: str
    zh = "该网格已有同名党小组"
    en = "This grid has a group of this name already"
    next_zh = "请使用已有党小组(groupId),或换一个名称。"
    next_en = "Use that group (groupId), or choose another name."


class GroupOfAnotherGrid(Refusal):
    of_grid: str
    zh = "该党小组属于网格 {of_grid}"
    en = "This group belongs to grid {of_grid}"
    next_zh = "请选择该网格内的党小组。"
    next_en = "Choose a group of the grid that the member is put into."


class GroupSnapshot(BaseModel):
    """Public state of a group, carried by its events."""

    group_id: str
    grid_id: str
    name: str
    buildings: int


class Group(Aggregate):
    """`compound` None: the buildings are in whatever compound of the grid."""

    grid_id: str
    name: str
    compound: str | None = None
    buildings: list[str] = Field(default_factory=list)

    def require_grid(self, grid_id: str) -> None:
        if self.grid_id != grid_id:
            raise GroupOfAnotherGrid(path="group_id", of_grid=self.grid_id)

    def covers(self, grid_id: str, compound: str | None, building: str) -> bool:
        return self.grid_id == grid_id and self.compound in (None, compound) and building in self.buildings

    def snapshot(self) -> GroupSnapshot:
        return GroupSnapshot(group_id=self.id, grid_id=self.grid_id, name=self.name, buildings=len(self.buildings))


def create_group(group_id: str, grid: Grid, *, name: str, compound: str | None, buildings: list[str]) -> Group:
    """Refused: InvalidInput, for a compound that the grid does not cover."""
    if compound is not None and compound not in grid.compounds:
        raise InvalidInput(
            path="compound",
            reason_zh=f"该网格不含小区 {compound}",
            reason_en=f"the grid does not cover compound {compound}",
        )
    group = Group(id=group_id, lane=grid.lane, grid_id=grid.id, name=name, compound=compound, buildings=buildings)
    group.record("group-created")
    return group


def group_covering(groups: Iterable[Group], grid_id: str, compound: str | None, building: str | None) -> Group | None:
    """The grid's group that covers the building, by its name; None where none does, or more than one."""
    found = [one for one in groups if building is not None and one.covers(grid_id, compound, building)]
    return found[0] if len(found) == 1 else None


def no_such_group(group_id: str) -> NotFound:
    return NotFound(what_zh="党小组", what_en="group", id=group_id, path="group_id")
