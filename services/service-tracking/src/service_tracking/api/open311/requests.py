"""A problem as a service request, and the form that files one."""

from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl

from servicekit.domain import InvalidInput
from servicekit.graphql.http_request import read_body
from servicekit.graphql.inputs import Text
from starlette.requests import Request

from service_tracking.api.open311.queries import category_of, is_community
from service_tracking.api.open311.services import KINDS
from service_tracking.domain.problem import ENDED, Problem, ProblemStatus, Report

MOST_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"
# Only what is kept, and the key: a caller's name, mail, phone, device and pictures are not taken.
FIELDS = {
    "api_key": 8_000,
    "jurisdiction_id": 40,
    "service_code": 40,
    "description": 4_000,
    "address_string": 200,
    "address_id": 12,
    "lat": 40,
    "long": 40,
    "reference": 100,
}


def row_of(problem: Problem) -> Mapping[str, Any]:
    return {
        "service_request_id": problem.id,
        "status": "closed" if problem.status in ENDED else "open",
        "status_notes": _notes(problem),
        "service_name": KINDS[problem.category].name,
        "service_code": problem.category.value,
        "description": problem.description,
        "agency_responsible": problem.assignee,
        "service_notice": "",
        "requested_datetime": _w3(problem.reported_at),
        "updated_datetime": _w3(_updated_at(problem)),
        "expected_datetime": None,
        "address": problem.address,
        "address_id": problem.community,
        "zipcode": None,
        "lat": problem.latitude,
        "long": problem.longitude,
        "media_url": None,
    }


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form that are kept. Raises InvalidInput, HttpProblem."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidInput(path="content-type", reason_zh=f"须为 {FORM}", reason_en=f"it must be {FORM}")
    body = await read_body(request.headers, request.receive, MOST_BYTES)
    try:
        told = dict(parse_qsl(body.decode(), max_num_fields=50))
    except ValueError:
        raise InvalidInput(path="body", reason_zh="表单无效", reason_en="not a form in UTF-8") from None
    fields = {name: told.get(name, "") for name in FIELDS}
    for name, value in fields.items():
        Text(FIELDS[name]).check(value, name)
    return fields


def report_of(fields: Mapping[str, str]) -> Report:
    """Raises InvalidInput, NotFound."""
    category = category_of(fields["service_code"])
    latitude, longitude = _number(fields, "lat"), _number(fields, "long")
    if (latitude is None) != (longitude is None):
        raise InvalidInput(path="lat", reason_zh="lat 和 long 须同时填写", reason_en="lat and long come together")
    return Report(
        community=_community(fields),
        category=category,
        description=fields["description"].strip() or KINDS[category].name,
        address=fields["address_string"],
        latitude=latitude,
        longitude=longitude,
        reference=fields["reference"] or None,
    )


def _community(fields: Mapping[str, str]) -> str:
    """Where it is: `address_id` is the community's code; else the jurisdiction is one, and the address is within it."""
    located = fields["address_string"].strip() or fields["lat"]
    if not fields["address_id"] and not (located and is_community(fields["jurisdiction_id"])):
        raise InvalidInput(
            path="address_id",
            reason_zh="须填社区代码;或 jurisdiction_id 填社区代码,并填 address_string 或 lat、long",
            reason_en="the community's code; or that as jurisdiction_id, with an address_string or lat and long",
        )
    return fields["address_id"] or fields["jurisdiction_id"]


def _number(fields: Mapping[str, str], name: str) -> float | None:
    try:
        return float(fields[name]) if fields[name] else None
    except ValueError:
        raise InvalidInput(path=name, reason_zh="须为数字", reason_en="a number") from None


def _notes(problem: Problem) -> str:
    note = problem.history[-1].note if problem.status is not ProblemStatus.REPORTED else ""
    return f"{problem.status.value}: {note}" if note else problem.status.value


def _updated_at(problem: Problem) -> datetime:
    """Of one that is closed, when it was closed."""
    closed = list(takewhile(lambda step: step.status in ENDED, reversed(problem.history)))
    return closed[-1].at if closed else problem.updated_at


def _w3(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
