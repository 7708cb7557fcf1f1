"""What this service needs of a registration."""

from pydantic import BaseModel


class RegistrationFact(BaseModel):
    """`community` and `unit_id` name where the member is registered and employed."""

    member_id: str
    unit_id: str
    community: str
    status: str
