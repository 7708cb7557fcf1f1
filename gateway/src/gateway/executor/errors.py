"""Errors of the answer: kinds, codes and paths in the client's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.jsontypes import JsonObject, ResponsePath
from gateway.planner.fetches import Reading

MAX_ERRORS_PER_FETCH = 50
MAX_ERRORS = 1_000


class SubrequestError(Exception):
    """A request to a subgraph failed as a whole."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class AnswerErrors:
    """The errors of one answer; paths come in stored keys and leave in response keys.

    At most `MAX_ERRORS` are listed; the places of the others are known all the same.
    """

    readings: tuple[Reading, ...]
    found: list[JsonObject] = field(default_factory=list)
    _places: set[ResponsePath] = field(default_factory=set)
    _above: set[ResponsePath] = field(default_factory=set)

    def add_stored(self, message: str, path: ResponsePath, extensions: JsonObject) -> None:
        self.add(message, client_path(self.readings, path), extensions)

    def add(self, message: str, path: ResponsePath, extensions: JsonObject) -> None:
        self._remember(path)
        if len(self.found) < MAX_ERRORS:
            error: JsonObject = {"message": message}
            if path:
                error["path"] = list(path)
            error["extensions"] = extensions
            self.found.append(error)

    def _remember(self, path: ResponsePath) -> None:
        if path and path not in self._places:
            self._places.add(path)
            self._above.update(path[:end] for end in range(1, len(path)))

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
        return path in self._above or any(path[:end] in self._places for end in range(1, len(path) + 1))


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
