"""What this service needs of registration's facts."""

from datetime import date

from pydantic import BaseModel


class RegistrationFact(BaseModel):
    """`community` and `unit_id` name where the member is registered and employed.

    `replaced_by` is the registration that completed elsewhere and ended this one by that.
    """

    member_id: str
    unit_id: str
    community: str
    status: str
    replaced_by: str | None = None


class ReorganisationFact(BaseModel):
    """A merger or split of `sources`, communities or units; `target` takes over what no part of a split takes."""

    kind: str
    sources: list[str]
    target: str
    effective_on: date


class AgreementFact(BaseModel):
    """`ends_on` is the day agreed, `ended_on` the day on which it really ended."""

    unit_id: str
    community: str
    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None
