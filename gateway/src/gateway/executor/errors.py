"""Errors of the answer: kinds, codes and paths in the client's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.jsontypes import Json, JsonObject, ResponsePath
from gateway.planner.fetches import Reading

MAX_ERRORS_PER_FETCH = 50


class SubrequestError(Exception):
    """A request to a subgraph failed as a whole."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class AnswerErrors:
    """The errors of one answer; paths come in stored keys and leave in response keys."""

    readings: tuple[Reading, ...]
    found: list[JsonObject] = field(default_factory=list)

    def add_stored(self, message: str, path: ResponsePath, extensions: JsonObject) -> None:
        self.add(message, client_path(self.readings, path), extensions)

    def add(self, message: str, path: ResponsePath, extensions: JsonObject) -> None:
        error: JsonObject = {"message": message}
        if path:
            error["path"] = list(path)
        error["extensions"] = extensions
        self.found.append(error)

    def fetch_failed(
        self, subgraph: str, error: SubrequestError, locations: Iterable[ResponsePath], owed: tuple[str, ...]
    ) -> None:
        """One error for each field that is null now; beyond a limit only the first ones are listed."""
        extensions: JsonObject = {"code": error.code, "service": subgraph}
        added: set[ResponsePath] = set()
        for location in locations:
            for key in owed:
                path = client_path(self.readings, (*location, key))
                if path not in added and len(added) < MAX_ERRORS_PER_FETCH:
                    added.add(path)
                    self.add(str(error), path, dict(extensions))

    def explains(self, path: ResponsePath) -> bool:
        """Whether an error at, above or below the path already tells why it is null."""
        return any(_related(_path_of(error), path) for error in self.found)


def _path_of(error: JsonObject) -> list[Json]:
    path = error.get("path")
    return path if isinstance(path, list) else []


def _related(known: list[Json], path: ResponsePath) -> bool:
    return bool(known) and all(a == b for a, b in zip(known, path, strict=False))


def client_path(readings: tuple[Reading, ...], path: ResponsePath) -> ResponsePath:
    """Response keys instead of stored ones; ends above the first field that the client didn't ask for."""
    found: list[str | int] = []
    current: tuple[Reading, ...] = readings
    for step in path:
        if isinstance(step, int):
            found.append(step)
            continue
        reading = next((r for r in current if r.key == step), None)
        if reading is None:
            break
        found.append(reading.name)
        current = tuple(r for _, children in reading.children or () for r in children)
    return tuple(found)
