"""Merges one subgraph's answer into what the others gave."""

from gateway.jsontypes import Json, JsonObject


def merge(target: JsonObject, source: JsonObject) -> None:
    """What both have is merged deeply, lists item by item; a value beats a null."""
    for key, value in source.items():
        known = target.get(key)
        if known is None:
            target[key] = value
        elif known is value:
            continue
        elif isinstance(known, dict) and isinstance(value, dict):
            merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            _merge_lists(known, value)


def _merge_lists(known: list[Json], value: list[Json]) -> None:
    for mine, other in zip(known, value, strict=False):
        if isinstance(mine, dict) and isinstance(other, dict):
            merge(mine, other)
        elif isinstance(mine, list) and isinstance(other, list):
            _merge_lists(mine, other)
