"""What a roster changes against what is known."""

from datetime import UTC, date, datetime

import pytest
from registration.domain.members import Member, new_member
from registration.domain.person_records import PersonRecord, RosterEntry
from registration.domain.roster_rows import ID_NUMBER, RosterRow, RowStatus
from registration.domain.rosters import Change, KnownPerson, RosterEmpty, RosterHasErrors, RosterReview, review_roster
from registration.domain.units import Unit, register_unit

from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY, credit_code, id_number

DAY = date(2016, 1, 1)
NOW = datetime(2016, 1, 1, tzinfo=UTC)
UNIT = register_unit("u1", name="教育局", credit_code=credit_code(1), line="education", division="350802")


def known(serial: int = 1, unit: Unit = UNIT, **data: str) -> KnownPerson:
    entry = RosterEntry(**{"name": "张三", **data})
    member = new_member(f"m{serial}", unit, sealed="", id_index="", residence=None, on=DAY)
    return KnownPerson(member, PersonRecord(id_number=id_number(serial), entries={unit.id: entry}))


def row(serial: int = 1, **values: str) -> RosterRow:
    return RosterRow(**{"number": serial + 1, "name": "张三", "id_number": id_number(serial), **values})  # type: ignore[arg-type]


def review(rows: list[RosterRow], *people: KnownPerson, absent: list[Member] | None = None) -> RosterReview:
    by_number = {one.record.id_number: one for one in people}
    return review_roster("u1", rows, known=by_number, absent=absent or [], communities={COMMUNITY}, taken_over={})


def test_a_new_person_joins_and_a_known_one_stays() -> None:
    reviewed = review([row(1), row(2)], known(1))

    assert [change.row.number for change in reviewed.of(Change.UNCHANGED)] == [2]
    assert [change.row.number for change in reviewed.of(Change.JOINED)] == [3]


@pytest.mark.parametrize("values", [{"name": "张叁"}, {"phone": "13900000000"}, {"residence": COMMUNITY}])
def test_different_data_is_a_change(values: dict[str, str]) -> None:
    reviewed = review([row(1, **values)], known(1))

    assert [change.kind for change in reviewed.changes] == [Change.CHANGED]


def test_a_blank_phone_changes_nothing() -> None:
    reviewed = review([row(1, phone="")], known(1, phone="13800000000"))

    assert reviewed.changes_nothing


def test_a_person_on_another_units_active_roster_looks_like_one_who_joins_and_is_held() -> None:
    elsewhere = known(1, register_unit("u2", name="x", credit_code=credit_code(2), line="health", division="350802"))

    stranger, held = review([row(1)]), review([row(1)], elsewhere)

    assert [(one.kind, one.known, one.record) for one in held.changes] == [
        (one.kind, one.known, one.record) for one in stranger.changes
    ]
    assert held.rows[0].status is RowStatus.OK
    assert (held.joining, held.held, held.changes_nothing) == ([], [elsewhere.member], True)


def test_a_person_who_left_another_unit_joins() -> None:
    elsewhere = known(1, register_unit("u2", name="x", credit_code=credit_code(2), line="health", division="350802"))
    elsewhere.member.leave(DAY)

    assert [change.kind for change in review([row(1)], elsewhere).changes] == [Change.JOINED]


def test_an_unknown_community_is_a_warning_and_is_left_out() -> None:
    reviewed = review([row(1, residence=OTHER_COMMUNITY)])

    assert reviewed.rows[0].status is RowStatus.WARNING
    assert reviewed.changes[0].row.residence == ""


def test_whoever_is_not_in_the_file_left() -> None:
    absent = known(9).member

    assert review([row(1)], absent=[absent]).left == [absent]


def test_nobody_is_taken_for_having_left_while_an_id_number_can_not_be_read() -> None:
    unread = RosterRow(number=3, name="李四")
    unread.error(ID_NUMBER, "有误", "wrong")

    reviewed = review([row(1), unread], absent=[known(9).member])

    assert reviewed.left == []
    assert reviewed.leavers_kept


def test_errors_refuse_the_whole_roster_unless_the_good_rows_are_accepted() -> None:
    bad = row(2)
    bad.error(ID_NUMBER, "有误", "wrong")
    reviewed = review([row(1), bad])

    with pytest.raises(RosterHasErrors) as refused:
        reviewed.require_acceptable(accept_good_rows=False)
    reviewed.require_acceptable(accept_good_rows=True)

    assert refused.value.fields["rows"] == [3]


def test_a_file_without_a_good_row_never_empties_a_roster() -> None:
    with pytest.raises(RosterEmpty):
        review([], absent=[known(1).member]).require_acceptable(accept_good_rows=True)
