"""An event travels as CloudEvents JSON and comes back as it was; anything else is malformed, never another error."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servicekit.events import Event, MalformedEvent

WORDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    Event,
    id=TEXT,
    source=WORDS,
    fact=WORDS,
    schema=st.integers(0, 10**6),
    subject=TEXT,
    lane=TEXT,
    version=st.integers(1, 2**63 - 1),
    time=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES),  # noqa: DTZ001
    data=JSON,
    correlation_id=st.just("") | TEXT,
    causation_id=st.none() | TEXT,
    traceparent=st.none() | TEXT,
)
GOOD = orjson.loads(
    Event(
        id="e",
        source="maker",
        fact="thing-made",
        schema=1,
        subject="t",
        lane="350802",
        version=1,
        time=datetime(2026, 1, 2, tzinfo=UTC),
        data={"n": 1},
        correlation_id="c",
        causation_id=None,
        traceparent=None,
    ).encode()
)


@given(EVENTS)
def test_what_is_encoded_is_decoded_as_it_was(event: Event) -> None:
    assert Event.decode(event.encode()) == event


def test_the_envelope_is_a_structured_cloudevent() -> None:
    assert GOOD == {
        "specversion": "1.0",
        "id": "e",
        "source": "/huijia/maker",
        "type": "huijia.maker.thing-made.v1",
        "subject": "t",
        "time": "2026-01-02T00:00:00+00:00",
        "datacontenttype": "application/json",
        "lane": "350802",
        "version": 1,
        "correlationid": "c",
        "data": {"n": 1},
    }


@given(st.binary() | JSON.map(orjson.dumps))
def test_garbage_is_malformed_and_nothing_else(body: bytes) -> None:
    with pytest.raises(MalformedEvent):
        Event.decode(body)


@given(name=st.sampled_from(sorted(GOOD)), value=JSON)
def test_a_field_of_any_other_value_is_accepted_or_malformed(name: str, value: Any) -> None:
    try:
        event = Event.decode(orjson.dumps({**GOOD, name: value}))
    except MalformedEvent:
        return
    assert event.time.utcoffset() is not None
    assert 0 < event.version < 2**63
    assert all(isinstance(text, str) for text in (event.id, event.subject, event.lane, event.correlation_id))


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"correlationid", "datacontenttype", "source"}))
def test_a_missing_field_is_malformed(name: str) -> None:
    with pytest.raises(MalformedEvent):
        Event.decode(orjson.dumps({key: value for key, value in GOOD.items() if key != name}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2**63),
        ("version", 0),
        ("version", -1),
        ("version", True),
        ("version", 1.5),
        ("version", "1"),
        ("time", "2026-01-02T00:00:00"),
        ("time", "yesterday"),
        ("time", 5),
        ("type", "huijia.maker.thing-made"),
        ("type", "huijia.maker.Thing.v1"),
        ("type", 7),
        ("specversion", "1.1"),
        ("id", ""),
        ("subject", None),
        ("lane", 350802),
        ("correlationid", {}),
    ],
)
def test_a_field_that_is_none_of_ours_is_malformed(name: str, value: object) -> None:
    with pytest.raises(MalformedEvent):
        Event.decode(orjson.dumps({**GOOD, name: value}))


def test_the_routing_key_leads_with_the_lane() -> None:
    assert Event.decode(orjson.dumps(GOOD)).routing_key == "350802.maker.thing-made"
