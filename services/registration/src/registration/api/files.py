"""Files in inputs: base64 text of limited length."""

import base64
from typing import Any

from servicekit.domain import InvalidInput
from servicekit.graphql import text

from registration.domain.tables import MOST_BYTES, FileTooLarge

# Twice what a file may have, so that an oversized one is told its own limit rather than a text's.
_MOST_CHARACTERS = MOST_BYTES * 8 // 3


def content(default: Any = ...) -> Any:
    """The input field of a file's content."""
    return text(max=_MOST_CHARACTERS) if default is ... else text(max=_MOST_CHARACTERS, default=default)


def decode(content_base64: str) -> bytes:
    try:
        content = base64.b64decode("".join(content_base64.split()), validate=True)
    except ValueError:  # binascii.Error is one, and so is what a letter outside of ASCII raises
        raise InvalidInput(
            path="content_base64", reason_zh="不是有效的 base64", reason_en="it is not valid base64"
        ) from None
    if len(content) > MOST_BYTES:
        raise FileTooLarge(path="content_base64", limit_bytes=MOST_BYTES, actual_bytes=len(content))
    return content
