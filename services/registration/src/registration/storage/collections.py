"""Collections and their indexes: one for every read query, and the unique ones that settle races."""

from pymongo import ASCENDING, IndexModel

DIVISIONS = "divisions"
UNITS = "units"
AGREEMENTS = "agreements"
MEMBERS = "members"
ROSTERS = "rosters"
REGISTRATIONS = "registrations"
GRIDS = "grids"
GROUPS = "groups"
SQUADS = "squads"
ORGANS = "organs"
APPOINTMENTS = "appointments"
LEADER_LINKS = "leader_links"
PROFILES = "profiles"
PAPERS = "papers"
RECONCILIATIONS = "reconciliations"
BEGUN_RECONCILIATIONS = "begun_reconciliations"
RECONCILED_LINES = "reconciled_lines"
REMINDERS = "reminders"
REORGANISATIONS = "reorganisations"
HELD_LINES = "held_lines"
REVEALS = "reveals"
CONSENT_TEXTS = "consent_texts"
CONSENTS = "consents"
DATA_CORRECTIONS = "data_corrections"


def _index(*fields: str, **options: object) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], **options)


COLLECTIONS: dict[str, list[IndexModel]] = {
    DIVISIONS: [_index("parent", "_id"), _index("ancestors", "level", "_id"), _index("level", "_id")],
    UNITS: [_index("credit_code", unique=True), _index("ancestors", "_id"), _index("line", "ancestors", "_id")],
    AGREEMENTS: [
        _index("unit_id", "community_code", unique=True),
        _index("unit_id", "_id"),
        _index("community_code", "status", "_id"),
        _index("late_at"),
        _index("status", "ends_on", name="to_run_out", partialFilterExpression={"ends_on": {"$gt": ""}}),
        _index(
            "unit_id",
            name="one_primary",
            unique=True,
            partialFilterExpression={"status": "ACTIVE", "primary": True},
        ),
    ],
    MEMBERS: [
        _index("id_index", unique=True),
        _index("unit_id", "on_roster", "_id"),
        _index("on_roster", "residence", "assignment", "_id", "unit_division", name="to_assign"),
        _index("residence", "_id"),
        _index("earlier_residences.community_code"),
    ],
    ROSTERS: [_index("unit_id", "number", unique=True), _index("joined")],
    REGISTRATIONS: [
        _index("member_id", "_id"),
        _index(
            "member_id",
            name="one_open",
            unique=True,
            partialFilterExpression={"status": {"$in": ["SUBMITTED", "CERTIFIED"]}},
        ),
        _index("member_id", name="one_completed", unique=True, partialFilterExpression={"status": "COMPLETED"}),
        _index("certificates.number", name="certificate_number", unique=True, sparse=True),
        _index("community_code", "status", "_id"),
        _index("community_code", "_id"),
        _index("unit_id", "status", "_id"),
        _index("unit_id", "_id"),
        _index("group_id", "status", partialFilterExpression={"group_id": {"$gt": ""}}),
    ],
    GRIDS: [_index("community_code", "name", unique=True), _index("community_code", "_id")],
    GROUPS: [_index("grid_id", "name", unique=True), _index("grid_id", "_id")],
    SQUADS: [_index("grid_id", "name", unique=True), _index("grid_id", "_id")],
    ORGANS: [
        _index(
            "division", "kind", "name", name="one_standing", unique=True, partialFilterExpression={"ended_on": None}
        ),
        _index("ancestors", "_id"),
        _index("ancestors", "kind", "_id"),
    ],
    APPOINTMENTS: [
        _index(
            *("member_id", "division", "organ_id", "role"),
            name="one_held",
            unique=True,
            partialFilterExpression={"ended_on": None},
        ),
        _index("ancestors", "_id"),
        _index("member_id", "_id"),
        _index("organ_id", "ended_on"),
    ],
    LEADER_LINKS: [
        _index(
            "member_id",
            "community_code",
            name="one_linked",
            unique=True,
            partialFilterExpression={"ended_on": None},
        ),
        _index("ancestors", "_id"),
        _index("member_id", "_id"),
    ],
    PROFILES: [_index("ancestors", "_id")],
    PAPERS: [
        _index("community_code", "entry_key", unique=True),
        _index("community_code", "_id"),
        _index("member_id", "_id"),
        _index("id_index", "_id"),
    ],
    RECONCILIATIONS: [_index("place", "_id"), _index("remind_on")],
    BEGUN_RECONCILIATIONS: [_index("begun_at")],
    RECONCILED_LINES: [
        _index("reconciliation_id", "_id"),
        _index("reconciliation_id", "status", "_id"),
        _index("reconciliation_id", "unit_id", "status", "_id"),
        _index("member_id", "_id"),
        _index("papers", name="strangers", partialFilterExpression={"status": "NOT_ON_ROSTER"}),
    ],
    HELD_LINES: [
        _index("unit_id", "member_id", name="one_open", unique=True, partialFilterExpression={"settled_at": None}),
        _index("lane", "settled_at", "_id"),
    ],
    REVEALS: [_index("member_id", "_id"), _index("lane", "_id")],
    CONSENT_TEXTS: [_index("city", "number", unique=True)],
    CONSENTS: [],
    DATA_CORRECTIONS: [
        _index("member_id", "_id"),
        _index("unit_id", "_id"),
        _index("unit_id", "status", "_id"),
        _index(
            *("member_id", "field"),
            name="one_pending",
            unique=True,
            partialFilterExpression={"status": "PENDING"},
        ),
    ],
    REMINDERS: [_index("reconciliation_id", "unit_id", unique=True), _index("unit_id", "_id")],
    REORGANISATIONS: [_index("status", "_id"), _index("awaits_late", "_id"), _index("place", "_id")],
}
