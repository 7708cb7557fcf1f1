"""Aggregates record facts; ids sort by creation; clocks are aware and cut to what MongoDB keeps."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from servicekit.domain import Aggregate, FixedClock, SystemClock, new_id


def test_recorded_facts_are_taken_once_and_in_order() -> None:
    thing = Aggregate(id="a", lane="350802")
    thing.record("thing-made")
    thing.record("thing-changed")

    assert thing.take_facts() == ["thing-made", "thing-changed"]
    assert thing.take_facts() == []


def test_an_aggregate_that_publishes_must_say_what_is_public() -> None:
    with pytest.raises(NotImplementedError, match="Aggregate records facts"):
        Aggregate(id="a", lane="350802").snapshot()


def test_facts_are_no_part_of_the_document() -> None:
    thing = Aggregate(id="a", lane="350802")
    thing.record("thing-made")

    assert thing.model_dump() == {"id": "a", "lane": "350802", "version": 0}


def test_an_unknown_field_of_a_stored_document_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Aggregate.model_validate({"id": "a", "lane": "350802", "typo": 1})


def test_ids_sort_by_creation_and_never_repeat() -> None:
    ids = [new_id() for _ in range(5_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_the_clock_is_aware_in_utc_and_cut_to_milliseconds() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_a_fixed_clock_stands_still() -> None:
    instant = datetime(2026, 1, 2, tzinfo=UTC)

    assert FixedClock(instant).now() is instant
