"""The events that this service publishes: none yet."""

from collections.abc import Mapping

from pydantic import BaseModel

PUBLISHED: Mapping[str, type[BaseModel]] = {}
