"""Squads: about fifteen members of a grid who act together, one of them leading."""

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.grids import Grid

USUAL_CAPACITY = 15
MOST_CAPACITY = 50


class SquadAlreadyExists(Refusal):
    squad_id: str
    zh = "该网格已有同名小队"
    en = "This grid has a squad of this name already"
    next_zh = "请使用已有小队(squadId),或换一个名称。"
    next_en = "Use that squad (squadId), or choose another name."


class SquadOfAnotherGrid(Refusal):
    of_grid: str
    zh = "该小队属于网格 {of_grid}"
    en = "This squad belongs to grid {of_grid}"
    next_zh = "请选择该网格内的小队。"
    next_en = "Choose a squad of the grid that the member is put into."


class SquadFull(Refusal):
    capacity: int
    zh = "该小队已满员({capacity} 人)"
    en = "This squad is full ({capacity} members)"
    next_zh = "请选择另一小队,或先调出一人。"
    next_en = "Choose another squad, or move somebody out of it first."


class LeaderNotInSquad(Refusal):
    zh = "该党员不在此小队"
    en = "This member is not in the squad"
    next_zh = "请先将其编入小队,再任命为队长。"
    next_en = "Put the member into the squad first, then name the leader."


class SquadSnapshot(BaseModel):
    """Public state of a squad, carried by its events."""

    squad_id: str
    grid_id: str
    name: str
    capacity: int
    leader_id: str | None


class Squad(Aggregate):
    """`member_count` counts the completed registrations in it; the leader is one of these members."""

    grid_id: str
    name: str
    capacity: int
    member_count: int = 0
    leader_id: str | None = None

    def require_grid(self, grid_id: str) -> None:
        if self.grid_id != grid_id:
            raise SquadOfAnotherGrid(path="squad_id", of_grid=self.grid_id)

    def admit(self) -> None:
        if self.member_count >= self.capacity:
            raise SquadFull(path="squad_id", capacity=self.capacity)
        self.member_count += 1

    def release(self, member_id: str) -> None:
        """The place is free again, and the lead where it was the leader's."""
        self.member_count -= 1
        if self.leader_id == member_id:
            self.name_leader(None)

    def name_leader(self, member_id: str | None) -> None:
        if self.leader_id != member_id:
            self.leader_id = member_id
            self.record("squad-leader-named")

    def snapshot(self) -> SquadSnapshot:
        return SquadSnapshot(
            squad_id=self.id, grid_id=self.grid_id, name=self.name, capacity=self.capacity, leader_id=self.leader_id
        )


def create_squad(squad_id: str, grid: Grid, *, name: str, capacity: int) -> Squad:
    """Refused: InvalidInput, for a capacity that is none."""
    if not 1 <= capacity <= MOST_CAPACITY:
        raise InvalidInput(
            path="capacity",
            reason_zh=f"须为 1 至 {MOST_CAPACITY},收到 {capacity}",
            reason_en=f"from 1 to {MOST_CAPACITY}, got {capacity}",
        )
    squad = Squad(id=squad_id, lane=grid.lane, grid_id=grid.id, name=name, capacity=capacity)
    squad.record("squad-created")
    return squad


def no_such_squad(squad_id: str) -> NotFound:
    return NotFound(what_zh="小队", what_en="squad", id=squad_id, path="squad_id")
