"""What is known of a person belongs to whoever said it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from registration.domain.data_corrections import CorrectableField, corrected
from registration.domain.papers import PaperPerson
from registration.domain.people import PersonalData
from registration.domain.person_records import PersonRecord, RosterEntry, new_record

OLD, NEW = "13800000000", "13900000000"
phones = st.none() | st.sampled_from([OLD, NEW, "13700000000"])


def test_a_blank_never_overwrites() -> None:
    known = new_record("x", "u1", "张三", OLD)

    assert known.entered("u1", "张三", None) == known
    assert known.entered("u1", "张叁", NEW).known_to("u1") == PersonalData(name="张叁", id_number="x", phone=NEW)


def test_a_unit_that_enrols_a_person_neither_gets_nor_changes_what_another_unit_said() -> None:
    enrolled = new_record("x", "u1", "张三", OLD).entered("u2", "张叁", None, joining=True)

    assert enrolled.known_to("u2") == PersonalData(name="张叁", id_number="x", phone=None)
    assert enrolled.known_to("u1") == PersonalData(name="张三", id_number="x", phone=OLD)


def test_a_unit_that_a_person_is_handed_over_to_goes_on_with_what_was_known() -> None:
    returned = new_record("x", "u1", "张三", OLD).entered("u2", "张三", NEW, joining=True)
    returned = returned.entered("u1", "张三", None, joining=True)

    assert returned.known_to("u3").phone == OLD
    assert returned.entered("u3", "张三", None) == returned


@given(st.lists(st.tuples(st.sampled_from(["u1", "u2"]), phones, st.booleans()), max_size=6))
def test_what_the_person_had_corrected_goes_before_whatever_rosters_say(said: list[tuple[str, str, bool]]) -> None:
    record = corrected(new_record("x", "u1", "张三", OLD), CorrectableField.PHONE, "13600000000")
    for unit, phone, joining in said:
        record = record.entered(unit, "张三", phone, joining=joining)

    assert {record.known_to(unit).phone for unit in ("u1", "u2")} == {"13600000000"}


@pytest.mark.parametrize("kind", [PersonalData, PersonRecord, RosterEntry, PaperPerson])
def test_no_error_repeats_what_is_known_of_a_person(kind: type[BaseModel]) -> None:
    """A record that a later version can't read is a fault, and faults are logged."""
    stored = {"id_number": ["350802199001011234"], "name": ["欧阳修"], "phone": ["13800000000"], "entries": ["欧阳修"]}

    with pytest.raises(ValidationError) as error:
        kind.model_validate(stored)

    assert not {"350802199001011234", "欧阳修", "13800000000"} & set(re.findall(r"[\w]+", str(error.value)))


def test_a_record_of_before_units_had_entries_of_their_own_is_read_and_goes_on() -> None:
    old = PersonRecord.model_validate({"name": "张三", "id_number": "x", "phone": OLD})

    assert old.known_to("u1").phone == OLD
    assert old.entered("u1", "张三", NEW).known_to("u1").phone == NEW
    assert old.entered("u2", "张三", None, joining=True).known_to("u2").phone is None
