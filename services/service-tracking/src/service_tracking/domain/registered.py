"""What this service keeps of a registration, heard from the registration service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registered:
    """A member's completed registration: the proof that the member may claim and serve."""

    registration_id: str
    member_id: str
    unit_id: str
    community: str
