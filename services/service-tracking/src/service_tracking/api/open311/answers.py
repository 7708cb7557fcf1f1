"""GeoReport v2 answers, as JSON or XML."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson
from starlette.responses import Response

from service_tracking.domain.problem import ENDED, Category, Problem, ProblemStatus

Row = Mapping[str, Any]

NAMES = {
    Category.SANITATION: "环境卫生",
    Category.SAFETY: "安全隐患",
    Category.FACILITIES: "公共设施",
    Category.UTILITIES: "水电气",
    Category.PARKING: "停车",
    Category.GREENERY: "绿化",
    Category.NEIGHBOURS: "邻里纠纷",
    Category.WELFARE: "民生保障",
    Category.OTHER: "其他",
}


def service(category: Category) -> Row:
    return {
        "service_code": category.value,
        "service_name": NAMES[category],
        "description": "",
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": "",
    }


def request(problem: Problem) -> Row:
    return {
        "service_request_id": problem.id,
        "status": "closed" if problem.status in ENDED else "open",
        "status_notes": _notes(problem),
        "service_name": NAMES[problem.category],
        "service_code": problem.category.value,
        "description": problem.description,
        "agency_responsible": problem.assignee,
        "service_notice": "",
        "requested_datetime": problem.reported_at.isoformat(),
        "updated_datetime": problem.updated_at.isoformat(),
        "expected_datetime": None,
        "address": problem.address,
        "address_id": problem.community,
        "zipcode": None,
        "lat": problem.latitude,
        "long": problem.longitude,
        "media_url": None,
    }


def _notes(problem: Problem) -> str:
    note = problem.history[-1].note if problem.status is not ProblemStatus.REPORTED else ""
    return f"{problem.status.value}: {note}" if note else problem.status.value


def answer(rows: Sequence[Row], form: str, *, root: str, item: str, status: int = 200) -> Response:
    """`form` is json or xml; `root` and `item` name the XML elements."""
    if form == "json":
        return Response(orjson.dumps(rows), status, media_type="application/json")
    tree = ElementTree.Element(root)
    for row in rows:
        element = ElementTree.SubElement(tree, item)
        for name, value in row.items():
            ElementTree.SubElement(element, name).text = _text(value)
    return Response(ElementTree.tostring(tree, "utf-8", xml_declaration=True), status, media_type="text/xml")


def error(status: int, description: str, form: str) -> Response:
    rows = [{"code": status, "description": description}]
    return answer(rows, form, root="errors", item="error", status=status)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
