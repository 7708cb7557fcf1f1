"""JSON as text, by orjson; what it would lose or not write goes the long way through the standard library.

An integer over 64 bits is read as a float by orjson, and not written at all; nor is what is over 254 levels deep.
"""

import json
import re

import orjson

from gateway.jsontypes import Json

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_NINETEEN = b"0" * 19
_OVER_64_BITS = re.compile(rb"(?<=[\[:,\s])(?:-[0-9]{19}|[0-9]{20})")


class TooDeep(ValueError):
    """The value is nested deeper than can be read exactly, or written."""


def parsed(text: bytes) -> Json:
    """Raises ValueError for what is no JSON, numbers beyond those of doubles and of thousands of digits included."""
    found: Json = orjson.loads(text)
    if _NINETEEN in text.translate(_DIGITS) and _OVER_64_BITS.search(text):
        try:
            found = json.loads(text)
        except RecursionError as error:
            raise TooDeep from error
    return found


def written(value: Json) -> bytes:
    """Raises `TooDeep`."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        try:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        except RecursionError as error:
            raise TooDeep from error
