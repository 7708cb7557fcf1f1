"""Limits on what comes in: every string, every list and every day has one, said or not.

A string is capped at 2,000 characters unless its field says `text(max=...)`, an id at 200, a list at 500 rows unless
its field says `rows(max=...)`. A day is of the years 1000 to 9998: there is one before and after it in every time zone.
The checks are compiled once per argument and run before the resolver.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from datetime import date
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from servicekit.domain import InvalidInput, TooManyRows

Check = Callable[[Any, str], None]

TEXT = "servicekit.text"
ROWS = "servicekit.rows"
DEFAULT_ROWS = 500
FIRST_YEAR, LAST_YEAR = 1000, 9998
# And what is no character at all: in XML it can't even be escaped, so that one text spoils a whole answer.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Limits of one string: characters, and a pattern that all of it must match."""

    max: int = 2_000
    min: int = 0
    pattern: re.Pattern[str] | None = None

    def check(self, value: str, path: str) -> None:
        if len(value) > self.max:
            raise InvalidInput(
                path=path,
                reason_zh=f"最多 {self.max} 个字符,收到 {len(value)} 个",
                reason_en=f"at most {self.max} characters, got {len(value)}",
            )
        if len(value) < self.min:
            raise InvalidInput(
                path=path,
                reason_zh=f"至少 {self.min} 个字符",
                reason_en=f"at least {self.min} characters",
            )
        if not value.isprintable() and CONTROL_CHARACTERS.search(value):
            raise InvalidInput(path=path, reason_zh="含有控制字符", reason_en="it has control characters")
        if self.pattern is not None and not self.pattern.fullmatch(value):
            raise InvalidInput(
                path=path,
                reason_zh=f"须符合格式 {self.pattern.pattern}",
                reason_en=f"it must match {self.pattern.pattern}",
            )


DEFAULT_TEXT = Text()
DEFAULT_ID = Text(max=200, min=1)


def text(*, max: int = 2_000, min: int = 0, pattern: str | None = None, default: Any = MISSING) -> Any:
    """Limits of an input field: `note: str | None = text(max=200, default=None)`."""
    limit = Text(max, min, re.compile(pattern) if pattern else None)
    return strawberry.field(metadata={TEXT: limit}, default=default)


def rows(*, max: int, default: Any = MISSING) -> Any:
    """The most rows that a list in an input may have: `rows: list[RowInput] = rows(max=5_000)`."""
    return strawberry.field(metadata={ROWS: max}, default=default)


def text_argument(*, max: int = 2_000, min: int = 0, pattern: str | None = None) -> Any:
    """Limits of an argument: `number: Annotated[str, text_argument(max=40)]`."""
    return strawberry.argument(metadata={TEXT: Text(max, min, re.compile(pattern) if pattern else None)})


def rows_argument(*, max: int) -> Any:
    """The most rows of a list argument: `inputs: Annotated[list[RowInput], rows_argument(max=100)]`."""
    return strawberry.argument(metadata={ROWS: max})


class InputChecks:
    """Compiles the checks of arguments; one object per schema, so that input types are compiled once."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Check]] = {}

    def of(self, arguments: Mapping[str, GraphQLArgument]) -> dict[str, Check]:
        """The check of each argument that needs one."""
        return self._compile_all(arguments)

    def has_lists(self, arguments: Mapping[str, GraphQLArgument]) -> bool:
        """Whether a list can come in anywhere in these arguments."""
        return any(_holds_list(argument.type, set()) for argument in arguments.values())

    def _compile_all(self, fields: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]) -> dict[str, Check]:
        checks = {name: self._compile(field.type, _metadata(field)) for name, field in fields.items()}
        return {name: check for name, check in checks.items() if check is not None}

    def _compile(self, type_: GraphQLInputType, metadata: Mapping[str, Any]) -> Check | None:
        if isinstance(type_, GraphQLNonNull):
            return self._compile(type_.of_type, metadata)
        if isinstance(type_, GraphQLList):
            return _list_check(metadata.get(ROWS, DEFAULT_ROWS), self._compile(type_.of_type, metadata))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object_check(type_)
        if isinstance(type_, GraphQLScalarType):
            return _check_day if type_.name in ("Date", "DateTime") else _text_check(type_, metadata)
        return None

    def _object_check(self, type_: GraphQLInputObjectType) -> Check:
        if type_.name not in self._objects:
            checks = self._objects[type_.name] = {}  # before its fields: an input type may contain itself
            checks.update(self._compile_all(type_.fields))
        checks = self._objects[type_.name]

        def check(value: Any, path: str) -> None:
            if value is not None:
                run_checks(checks, value, f"{path}.")

        return check


def run_checks(checks: Mapping[str, Check], values: Mapping[str, Any], prefix: str = "") -> None:
    """Raises InvalidInput or TooManyRows for the first value that breaks a limit."""
    for name, check in checks.items():
        value = values.get(name)
        if value is not None:
            check(value, f"{prefix}{name}")


def _holds_list(type_: GraphQLInputType, seen: set[str]) -> bool:
    if isinstance(type_, GraphQLNonNull):
        return _holds_list(type_.of_type, seen)
    if isinstance(type_, GraphQLInputObjectType) and type_.name not in seen:
        seen.add(type_.name)
        return any(_holds_list(field.type, seen) for field in type_.fields.values())
    return isinstance(type_, GraphQLList)


def _metadata(field: GraphQLArgument | GraphQLInputField) -> Mapping[str, Any]:
    return getattr(field.extensions.get("strawberry-definition"), "metadata", None) or {}


def _text_check(type_: GraphQLScalarType, metadata: Mapping[str, Any]) -> Check | None:
    if type_.name not in (GraphQLString.name, GraphQLID.name):
        return None
    limit: Text = metadata.get(TEXT, DEFAULT_ID if type_.name == GraphQLID.name else DEFAULT_TEXT)

    def check(value: Any, path: str) -> None:
        if value is not None:
            limit.check(value, path)

    return check


def _check_day(value: Any, path: str) -> None:
    if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidInput(
            path=path,
            reason_zh=f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间;没有截止日期的请不填",
            reason_en=f"a year from {FIRST_YEAR} to {LAST_YEAR}; leave out an end that there isn't",
        )


def _list_check(limit: int, item: Check | None) -> Check:
    def check(value: Any, path: str) -> None:
        if len(value) > limit:
            raise TooManyRows(limit=limit, actual=len(value), path=path)
        if item is not None:
            for index, each in enumerate(value):
                item(each, f"{path}.{index}")

    return check
