"""Small parts of the retries."""

import pytest
from servicekit.bus.messages import Delivery
from servicekit.bus.retry import ATTEMPT, attempts, cause_of
from servicekit.bus.topology import Topology


@pytest.mark.parametrize(("header", "counted"), [(None, 0), (2, 2), ("2", 0), (-1, 0)])
def test_attempts_are_counted_in_a_header_of_our_own(header: object, counted: int) -> None:
    headers = {} if header is None else {ATTEMPT: header}

    assert attempts(Delivery(1, "e", b"", headers)) == counted  # type: ignore[arg-type]


def test_a_cause_is_one_short_line() -> None:
    cause = cause_of(ValueError("first\nsecond  " + "x" * 1000))

    assert cause.startswith("ValueError: first second x")
    assert len(cause) == 300


def test_names_of_two_namespaces_never_meet() -> None:
    one, other = Topology("one"), Topology("other")

    assert (one.events, one.lane_queue("s", "350802"), one.dead("s")) == ("one.events", "one.s.350802", "one.s.dead")
    assert [one.retry("s", tier) for tier in range(3)] == ["one.s.retry.5s", "one.s.retry.60s", "one.s.retry.600s"]
    assert other.lane_queue("s", "350802") == "other.s.350802"
