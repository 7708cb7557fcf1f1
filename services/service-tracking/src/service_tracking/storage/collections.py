"""The collections of this service and their indexes: every query has one that leads with its equalities."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from service_tracking.domain.claim import LIVE
from service_tracking.domain.confirmation_code import CodeStatus

OFFERS = "offers"
SERIES = "series"
CLAIMS = "claims"
RECORDS = "records"
FOLLOW_UPS = "follow_ups"
POLICIES = "policies"
PROJECTS = "projects"
SUPPORTS = "supports"
VENUES = "venues"
PROBLEMS = "problems"
REGISTRATIONS = "registrations"
AGREEMENTS = "agreements"
BENEFICIARIES = "beneficiaries"
REVEALS = "reveals"
CODES = "confirmation_codes"
CERTIFICATES = "certificates"
SAMPLES = "samples"
SAMPLED = "sampled"
CALENDAR_FEEDS = "calendar_feeds"
SUCCESSIONS = "successions"


def _index(name: str, *fields: str) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name)


def _due(name: str, day: str, *besides: str) -> IndexModel:
    """Of the few that have such a day."""
    fields = [(field, ASCENDING) for field in (*besides, day)]
    return IndexModel(fields, name=name, partialFilterExpression={day: {"$gt": ""}})


def _one_per_reference(publisher: str) -> IndexModel:
    """A sender's own reference names one thing for ever."""
    return IndexModel(
        [(publisher, ASCENDING), ("reference", ASCENDING)],
        name="one_per_reference",
        unique=True,
        # A text, said so that the planner sees that an equality implies it.
        partialFilterExpression={"reference": {"$gt": ""}},
    )


COLLECTIONS: Mapping[str, Sequence[IndexModel]] = {
    OFFERS: [
        _index("of_community", "community", "status", "kind", "_id"),
        IndexModel(
            [("unit_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)],
            name="of_unit",
            partialFilterExpression={"unit_id": {"$gt": ""}},
        ),
        _due("to_close", "closes_on", "status"),
        IndexModel([("releasing", ASCENDING)], name="to_release", partialFilterExpression={"releasing": True}),
        IndexModel(
            [("series_id", ASCENDING), ("occurs_on", ASCENDING)],
            name="one_a_day",
            unique=True,
            partialFilterExpression={"series_id": {"$gt": ""}},
        ),
        _one_per_reference("published_by"),
    ],
    SERIES: [
        _index("of_community", "community", "_id"),
        _due("to_expand", "expand_on"),
        _one_per_reference("published_by"),
    ],
    CLAIMS: [
        _index("of_member", "member_id", "status", "_id"),
        _index("of_offer", "offer_id", "status", "_id"),
        _index("of_community", "community", "status", "_id"),
        _due("to_remind", "remind_on"),
        _due("to_expire", "expires_on"),
        IndexModel(
            [("offer_id", ASCENDING), ("member_id", ASCENDING)],
            name="one_claim_a_member",
            unique=True,
            partialFilterExpression={"status": {"$in": [status.value for status in LIVE]}},
        ),
    ],
    RECORDS: [
        _index("of_member", "member_id", "status", "_id"),
        _index("of_community", "community", "status", "_id"),
        _index("of_day", "member_id", "served_on", "status"),
        _index("of_lane", "lane", "status", "served_on", "community", "confirmation.at"),
        IndexModel(
            [("community", ASCENDING)],
            name="correction_asked",
            partialFilterExpression={"corrections.asked_by": {"$gt": ""}},
        ),
        _one_per_reference("recorder"),
    ],
    PROJECTS: [
        _index("of_community", "community", "status", "_id"),
        _index("of_unit", "unit_id", "status", "_id"),
        _one_per_reference("proposed_by"),
    ],
    SUPPORTS: [
        _index("of_project", "project_id", "_id"),
        _index("of_unit", "unit_id", "_id"),
        _index("of_community", "community", "_id"),
        IndexModel(
            [("reverses", ASCENDING)],
            name="reversed_once",
            unique=True,
            partialFilterExpression={"reverses": {"$gt": ""}},
        ),
        _one_per_reference("recorded_by"),
    ],
    VENUES: [_index("of_community", "community", "kind", "status", "_id"), _one_per_reference("opened_by")],
    PROBLEMS: [
        _index("of_lane", "lane", "status", "_id"),
        _index("of_community", "community", "status", "_id"),
        _index("of_member", "member_id", "status", "_id"),
        _one_per_reference("reported_by"),
    ],
    POLICIES: [_index("of_division", "division", "_id")],
    FOLLOW_UPS: [
        _index("of_claim", "claim_id", "_id"),
        _index("of_offer", "offer_id", "_id"),
        _one_per_reference("logged_by"),
    ],
    BENEFICIARIES: [
        IndexModel([("recorded_at", ASCENDING)], name="held", partialFilterExpression={"sealed": {"$gt": ""}}),
    ],
    CODES: [
        _index("of_target", "target", "status", "_id"),
        IndexModel(
            [("target", ASCENDING)],
            name="one_issued",
            unique=True,
            partialFilterExpression={"status": CodeStatus.ISSUED.value},
        ),
    ],
    CERTIFICATES: [
        IndexModel([("number", ASCENDING)], name="number", unique=True),
        _index("of_member", "member_id", "_id"),
        IndexModel(
            [("digest", ASCENDING)],
            name="one_alike",
            unique=True,
            partialFilterExpression={"digest": {"$gt": ""}, "revoked_at": None},
        ),
        _one_per_reference("issued_by"),
    ],
    CALENDAR_FEEDS: [
        IndexModel([("digest", ASCENDING)], name="digest", unique=True),
        IndexModel([("member_id", ASCENDING)], name="one_live", unique=True, partialFilterExpression={"live": True}),
    ],
    SAMPLES: [
        IndexModel(
            [(field, ASCENDING) for field in ("division", "seed", "starts_on", "ends_on", "size")],
            name="one_per_draw",
            unique=True,
        ),
        _index("of_division", "division", "_id"),
    ],
    SAMPLED: [_index("of_sample", "sample_id", "_id")],
    REVEALS: [_index("of_offer", "offer_id", "_id"), _index("of_community", "community", "_id")],
    AGREEMENTS: [_index("between", "unit_id", "community")],
    REGISTRATIONS: [_index("of_member", "member_id", "status", "_id")],
    SUCCESSIONS: [],
}
