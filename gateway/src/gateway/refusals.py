"""Requests that are refused as a whole, before anything is fetched."""

from dataclasses import dataclass, field

from graphql import GraphQLError
from servicekit.telemetry.complaints import without_values

from gateway.jsontypes import Json, JsonObject


@dataclass(eq=False)
class Refused(Exception):
    """`status` is the HTTP status for clients that understand application/graphql-response+json.

    A refusal that isn't `well_formed` has this status for every client: it never was a GraphQL request.
    """

    code: str
    message: str
    status: int = 400
    extensions: JsonObject = field(default_factory=dict)
    well_formed: bool = True
    errors: list[JsonObject] | None = None
    retry_after: int | None = None

    def as_errors(self) -> list[JsonObject]:
        return self.errors or [{"message": self.message, "extensions": {"code": self.code, **self.extensions}}]


def exceeded(code: str, what: str, limit: int, actual: int, status: int = 400) -> Refused:
    message = f"{what}: {actual} is over the limit of {limit}. / 请求超过上限 {limit}。"
    return Refused(code, message, status, {"limit": limit, "actual": actual})


def invalid(code: str, errors: list[GraphQLError]) -> Refused:
    return Refused(code, "The operation is not valid.", errors=[_formatted(code, e) for e in errors])


def _formatted(code: str, error: GraphQLError) -> JsonObject:
    found: JsonObject = {"message": without_values(error.message)}
    if error.locations:
        locations: list[Json] = [{"line": at.line, "column": at.column} for at in error.locations]
        found["locations"] = locations
    found["extensions"] = {"code": code}
    return found
