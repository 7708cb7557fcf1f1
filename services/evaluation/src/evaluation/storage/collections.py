"""Collections and their indexes. Every query of this service runs on one of them (tests hold them to it)."""

from pymongo import IndexModel

APPEALS = "appeals"
ARCHIVE = "archive"
LEDGER = "ledger"
CELLS = "cells"
STANDINGS = "standings"
BULLETINS = "bulletins"
SCHEMES = "schemes"
VERIFICATIONS = "verifications"
DRIFTS = "drifts"
REMINDERS = "reminders"
STATEMENTS = "statements"
COUNTED_BY = "counted_by"

COLLECTIONS: dict[str, list[IndexModel]] = {
    ARCHIVE: [
        IndexModel([("lane", 1), ("seq", 1), ("events", 1)], name="lane_seq"),
    ],
    LEDGER: [
        IndexModel([("lane", 1), ("_id", 1)], name="lane"),
        IndexModel([("kind", 1), ("division", 1), ("_id", 1)], name="kind_division"),
        IndexModel([("counted.as", 1), ("division", 1), ("_id", 1)], name="counted_division"),
        IndexModel(
            [("counted.as", 1), ("home", 1), ("_id", 1)],
            name="counted_home",
            partialFilterExpression={"kind": "registration"},
        ),
        IndexModel([("counted.as", 1), ("unit", 1), ("_id", 1)], name="counted_unit"),
        IndexModel([("earlier.division", 1)], name="earlier", sparse=True),
        IndexModel([("offer", 1)], name="offer", partialFilterExpression={"kind": "claim"}),
        IndexModel([("waiting.for", 1), ("waiting.since", 1)], name="waiting", sparse=True),
        IndexModel([("line", 1), ("division", 1), ("_id", 1)], name="line", partialFilterExpression={"kind": "unit"}),
        IndexModel([("member", 1), ("_id", 1)], name="services_of", partialFilterExpression={"kind": "service"}),
    ],
    CELLS: [
        IndexModel([("unit", 1), ("division", 1), ("period", 1)], name="unit_division_period"),
        IndexModel([("unit", 1), ("period", 1), ("division", 1)], name="unit_period_division"),
        IndexModel([("lane", 1)], name="lane"),
    ],
    STANDINGS: [
        IndexModel([("lanes", 1)], name="lanes", sparse=True),
        IndexModel([("lines.division", 1), ("member", 1)], name="line_division", sparse=True),
        IndexModel([("lines.unit", 1), ("member", 1)], name="line_unit", sparse=True),
        IndexModel([("registrations.division", 1), ("member", 1)], name="registration_division", sparse=True),
        IndexModel([("registrations.unit", 1), ("member", 1)], name="registration_unit", sparse=True),
    ],
    BULLETINS: [
        IndexModel(
            [("division", 1), ("unit", 1), ("line", 1), ("starts_on", 1), ("ends_on", 1)],
            name="about_period",
            unique=True,
        ),
        IndexModel([("division", 1), ("unit", 1), ("line", 1), ("status", 1), ("_id", 1)], name="about_status"),
        IndexModel(
            [("division", 1), ("unit", 1), ("line", 1), ("year", 1), ("serial", 1)],
            name="about_number",
            unique=True,
            partialFilterExpression={"serial": {"$gt": 0}},
        ),
        # A unit may sit elsewhere by now.
        IndexModel(
            [("unit", 1), ("starts_on", 1), ("ends_on", 1)],
            name="unit_period",
            unique=True,
            partialFilterExpression={"unit": {"$gt": ""}},
        ),
        IndexModel([("unit", 1), ("status", 1), ("_id", 1)], name="unit_status"),
        IndexModel(
            [("unit", 1), ("year", 1), ("serial", 1)],
            name="unit_number",
            unique=True,
            partialFilterExpression={"unit": {"$gt": ""}, "serial": {"$gt": 0}},
        ),
    ],
    SCHEMES: [
        IndexModel([("division", 1), ("_id", 1)], name="division"),
        IndexModel(
            [("division", 1), ("level", 1), ("starts_on", 1), ("ends_on", 1), ("edition", 1)],
            name="edition",
            unique=True,
            partialFilterExpression={"edition": {"$gt": 0}},
        ),
    ],
    APPEALS: [
        IndexModel([("fact_kind", 1), ("fact_id", 1), ("fact_version", 1)], name="fact", unique=True),
        IndexModel([("places", 1), ("status", 1), ("_id", 1)], name="places_status"),
        IndexModel([("member", 1), ("_id", 1)], name="member"),
        IndexModel([("status", 1), ("escalated_at", 1), ("decide_by", 1)], name="overdue"),
    ],
    COUNTED_BY: [],
    VERIFICATIONS: [],
    DRIFTS: [],
    REMINDERS: [],
    STATEMENTS: [
        IndexModel([("number", 1)], name="number", unique=True),
        IndexModel([("unit", 1), ("_id", 1)], name="unit"),
    ],
}
