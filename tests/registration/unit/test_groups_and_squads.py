"""Groups cover buildings of their grid; squads never hold more than their capacity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registration.domain.grids import Grid, create_grid
from registration.domain.groups import GroupOfAnotherGrid, create_group, group_covering
from registration.domain.registrations import RegistrationClosed
from registration.domain.squads import (
    MOST_CAPACITY,
    USUAL_CAPACITY,
    SquadFull,
    SquadOfAnotherGrid,
    create_squad,
)
from servicekit.domain import InvalidInput

from tests.registration.samples import COMMUNITY
from tests.registration.unit.test_registrations import completed, submitted


def branch(grid_id: str = "g1") -> Grid:
    return create_grid(grid_id, community_code=COMMUNITY, name="一网格", compounds=["阳光小区", "星光小区"])


SUN = create_group("p1", branch(), name="一组", compound="阳光小区", buildings=["1栋", "2栋"])
STAR = create_group("p2", branch(), name="二组", compound="星光小区", buildings=["1栋"])
ANYWHERE = create_group("p3", branch(), name="三组", compound=None, buildings=["2栋", "9栋"])
OTHER_GRID = create_group("p4", branch("g2"), name="一组", compound=None, buildings=["1栋"])
GROUPS = [SUN, STAR, ANYWHERE, OTHER_GRID]


@pytest.mark.parametrize(
    ("compound", "building", "found"),
    [
        ("阳光小区", "1栋", SUN),
        ("星光小区", "1栋", STAR),
        ("星光小区", "9栋", ANYWHERE),
        ("阳光小区", "2栋", None),  # two groups say that they cover it
        ("阳光小区", "8栋", None),
        ("阳光小区", None, None),
        (None, "1栋", None),
    ],
)
def test_the_group_is_the_only_one_of_the_grid_that_covers_the_building(
    compound: str | None, building: str | None, found: object
) -> None:
    assert group_covering(GROUPS, "g1", compound, building) is found


def test_a_group_names_a_compound_of_its_grid_only() -> None:
    with pytest.raises(InvalidInput) as refused:
        create_group("p", branch(), name="一组", compound="月光小区", buildings=[])
    assert refused.value.path == "compound"


def test_groups_and_squads_take_members_of_their_own_grid_only() -> None:
    SUN.require_grid("g1")
    with pytest.raises(GroupOfAnotherGrid):
        SUN.require_grid("g2")
    with pytest.raises(SquadOfAnotherGrid):
        create_squad("s1", branch(), name="一队", capacity=1).require_grid("g2")


@pytest.mark.parametrize("capacity", [0, -1, MOST_CAPACITY + 1])
def test_a_capacity_out_of_bounds_is_refused(capacity: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_squad("s1", branch(), name="一队", capacity=capacity)
    assert refused.value.path == "capacity"


@given(st.lists(st.booleans(), max_size=60))
def test_however_members_come_and_go_a_squad_holds_no_more_than_its_capacity(comings: list[bool]) -> None:
    squad = create_squad("s1", branch(), name="一队", capacity=USUAL_CAPACITY)
    inside = 0

    for comes in comings:
        if comes and inside == USUAL_CAPACITY:
            with pytest.raises(SquadFull):
                squad.admit()
        elif comes:
            squad.admit()
            inside += 1
        elif inside:
            squad.release("somebody")
            inside -= 1

    assert squad.member_count == inside <= USUAL_CAPACITY


def test_the_lead_goes_with_the_leader_and_with_nobody_else() -> None:
    squad = create_squad("s1", branch(), name="一队", capacity=2)
    squad.admit()
    squad.admit()
    squad.name_leader("m1")
    squad.name_leader("m1")

    squad.release("m2")
    assert squad.leader_id == "m1"
    squad.release("m1")

    assert squad.leader_id is None
    assert squad.take_facts() == ["squad-created", "squad-leader-named", "squad-leader-named"]


def test_a_place_is_told_once_with_its_group_and_squad_and_left_as_a_whole() -> None:
    registration = completed()
    registration.put_into_grid("g1", "p1", "s1")
    registration.put_into_grid("g1", "p1", "s1")
    told = registration.snapshot()
    registration.put_into_grid("g1")

    assert (told.grid_id, told.group_id, told.squad_id) == ("g1", "p1", "s1")
    assert (registration.grid_id, registration.group_id, registration.squad_id) == ("g1", None, None)
    assert registration.take_facts() == ["registration-placed", "registration-placed"]
    registration.leave_grid()
    assert registration.grid_id is None
    with pytest.raises(RegistrationClosed):
        submitted().put_into_grid("g1", "p1", "s1")
