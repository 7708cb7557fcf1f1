"""The books that the rules make of one set of events: who makes other books of them raises RULES."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import orjson
from evaluation.domain.books import RULES, recount
from evaluation.messages.archived import newest_facts
from evaluation.messages.consumed import CONSUMED
from evaluation.storage import ledger, standings
from servicekit.events import Event

MADE = "0e8ae121"

PLACE = {"community": "350802001001"}
PERSON = {"member_id": "m1", "unit_id": "u1"}
MOVED = {"earlier_communities": [{"community": "350802001009", "until": "2018-02-03"}]}
ENDED = {"ended_on": "2017-09-08"}
SERVED = {**PERSON, **PLACE, "hours": "1.5", "vanguard": "MEDIATION", "confirmed_on": "2017-03-12"}

# Each fact's data, then what is otherwise in others like it.
TOLD: Mapping[str, list[dict[str, Any]]] = {
    "division-imported": [
        {"code": "350802001001", "name": "东城", "level": "COMMUNITY", "valid_from": "2015-01-01"},
        {"valid_until": "2018-01-01"},
        {"level": "COUNTY"},
    ],
    "unit-registered": [
        {"unit_id": "u1", "name": "第一中学", "line": "education", "division": "350802001"},
        {"merged_into": "u2"},
    ],
    "agreement-signed": [
        {"unit_id": "u1", **PLACE, "status": "ACTIVE", "starts_on": "2016-01-01"},
        {"ends_on": "2018-12-31"},
        {"status": "ENDED", **ENDED},
    ],
    "member-joined": [
        {**PERSON, "division": "350802001", "active": True, "joined_on": "2015-06-01"},
        {"active": False, "left_on": "2017-05-05"},
    ],
    "registration-completed": [
        {
            **PERSON,
            **PLACE,
            "status": "COMPLETED",
            "submitted_on": "2017-01-02",
            "certified_on": "2017-01-03",
            "completed_on": "2017-01-05",
            "unit_division": "350802001",
            "on_roster_since": "2017-01-04",
        },
        {"left_roster_on": "2017-04-05"},
        {"status": "SUBMITTED", "completed_on": None},
        {"status": "CERTIFIED", "completed_on": None},
        {"status": "ENDED", **ENDED},
        {"status": "REJECTED", "completed_on": None},
    ],
    "grid-created": [PLACE],
    "organ-registered": [
        {"division": "350802001001", "kind": "COMPOUND_ORGANISATION", "starts_on": "2016-01-01"},
        *({"kind": kind} for kind in ("OWNERS_COMMITTEE", "ENTERPRISE_BRANCH", "SOCIAL_BRANCH", "GUIDANCE_GROUP")),
        ENDED,
    ],
    "leader-linked": [{**PLACE, "starts_on": "2016-01-01"}, ENDED],
    "appointment-made": [
        {
            "member_id": "m2",
            "division": "350802001001",
            "organ_kind": "OWNERS_COMMITTEE",
            "role": "SECRETARY",
            "rank": "BUREAU",
            "starts_on": "2016-01-01",
        },
        {"rank": "DIVISION"},
        {"rank": "SECTION"},
        {"role": "FIRST_SECRETARY"},
        {"organ_kind": "GUIDANCE_GROUP"},
        ENDED,
    ],
    "profile-changed": [
        {**PLACE, "funding": 130_000, "added_funding": 9, "added_premises": 8, "since": "2017-01-01"},
        {"funding": 129_999, "closed_on": "2018-01-01"},
    ],
    "offer-published": [
        {**PLACE, "kind": "POST", "status": "PUBLISHED", "published_on": "2017-02-01"},
        {"repeats": True},
        *({"kind": kind, "status": "CLOSED"} for kind in ("WISH", "PAIRING", "TEAM")),
        *({"kind": "ACTIVITY", "status": "HELD", "mode": mode, "agreement_id": "a1"} for mode in ("TEAM", "THEMED")),
        {"status": "CANCELLED"},
        MOVED,
    ],
    "claim-approved": [
        {**PERSON, **PLACE, "offer_id": "o1", "kind": "WISH", "status": "APPROVED", "decided_on": "2017-02-02"},
        {"kind": "PAIRING", "status": "COMPLETED", **ENDED},
        {"kind": "POST", "status": "WITHDRAWN", **ENDED},
        {"status": "PENDING", "decided_on": None, "requested_on": "2017-02-01"},
        MOVED,
    ],
    "problem-reported": [
        {**PLACE, "status": "REPORTED", "observed_on": "2017-02-02"},
        {"status": "RESOLVED", "resolved_on": "2017-03-03"},
        {"status": "CONFIRMED", "resolved_on": "2017-03-03", **MOVED},
    ],
    "project-proposed": [
        {**PLACE, "unit_id": "u1", "status": "PROPOSED", "proposed_on": "2017-01-01"},
        {"status": "STARTED", "started_on": "2017-02-02"},
        {"status": "COMPLETED", "started_on": "2017-02-02", "completed_on": "2017-06-06", **MOVED},
    ],
    "service-point-opened": [
        {**PLACE, "status": "OPEN", "opened_on": "2017-02-02"},
        {"status": "CLOSED", "closed_on": "2017-08-08"},
    ],
    "record-confirmed": [
        {**SERVED, "status": "CONFIRMED", "served_on": "2017-03-05"},
        {"served_on": "2017-03-04", "vanguard": "VOLUNTEERING"},
        {"status": "SUBMITTED"},
        {"status": "REJECTED"},
        {**MOVED, "member_id": "m3"},
    ],
}


def events() -> Iterator[Event]:
    for consumes in CONSUMED:
        (fact,) = TOLD.keys() & set(consumes.facts)
        first, *others = TOLD[fact]
        for number, data in enumerate([first, *({**first, **other} for other in others)]):
            now, lane = datetime(2017, 2, 3, tzinfo=UTC), f"35080{2 + number % 2}"
            id = f"{fact}-{number}"
            yield Event(id, consumes.source, fact, 1, id, lane, 1, now, data, "c1", None, None)


def test_whoever_makes_other_books_of_the_same_events_raises_the_version_of_the_rules() -> None:
    facts = newest_facts(list(events()))
    fresh = recount(facts)

    books = [
        [ledger.document_of(fact) for fact in facts],
        sorted((astuple(key), counts) for key, counts in fresh.cells.items()),
        [standings.document_of(fresh.standings[member]) for member in sorted(fresh.standings)],
    ]

    made = hashlib.sha256(orjson.dumps(books, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]
    assert (RULES, made) == (1, MADE), "other books: raise RULES in evaluation/domain/books.py, then note both here"
