"""Identifiers: UUID version 7, so that they sort by creation time."""

import uuid_utils


def new_id() -> str:
    """A new UUIDv7 as lower-case text (36 characters)."""
    return str(uuid_utils.uuid7())
