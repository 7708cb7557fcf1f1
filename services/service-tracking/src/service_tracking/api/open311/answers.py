"""GeoReport v2 answers. JSON follows from XML by the Spark convention: list elements have no name, empty is null."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson
from servicekit.graphql.inputs import CONTROL_CHARACTERS
from starlette.responses import Response

# What each element of a list is called in XML.
_ELEMENTS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}


def answer(name: str, value: Any, form: str, status: int = 200) -> Response:
    """`name` is the root element. `form` is json or xml."""
    if form == "json":
        return Response(orjson.dumps(_spark(value)), status, media_type="application/json; charset=utf-8")
    tree = ElementTree.Element(name)
    _fill(tree, value)
    return Response(ElementTree.tostring(tree, "utf-8", xml_declaration=True), status, media_type="text/xml")


def error(status: int, description: str, form: str) -> Response:
    return answer("errors", [{"code": status, "description": description}], form, status)


def _spark(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _spark(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_spark(inner) for inner in value]
    return None if value == "" else value


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(ElementTree.SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(ElementTree.SubElement(element, _ELEMENTS[element.tag]), inner)
    else:
        element.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # What was asked for may come back in an error, and XML can't even escape these.
    return "" if value is None else CONTROL_CHARACTERS.sub("\ufffd", str(value))
