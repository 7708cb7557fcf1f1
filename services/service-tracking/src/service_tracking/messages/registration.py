"""What this service needs of registration's facts."""

from datetime import date

from pydantic import BaseModel


class RegistrationFact(BaseModel):
    """`community` and `unit_id` name where the member is registered and employed."""

    member_id: str
    unit_id: str
    community: str
    status: str


class AgreementFact(BaseModel):
    """`ends_on` is the day agreed, `ended_on` the day on which it really ended."""

    unit_id: str
    community: str
    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None
