"""JSON values as they come from clients and subgraphs."""

from typing import TypeAlias

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
JsonObject: TypeAlias = dict[str, Json]
ResponsePath: TypeAlias = tuple[str | int, ...]
