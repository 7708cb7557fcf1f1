"""A member's calendar feed: whoever has its address reads it, until the member revokes it."""

from datetime import datetime
from hashlib import sha256
from typing import Self

from servicekit.domain import Aggregate

from service_tracking.domain.registered import Registered


class CalendarFeed(Aggregate):
    """One live feed a member. Only `digest`, a hash of the address' token, is kept."""

    PERSONAL = Aggregate.PERSONAL | {"digest"}

    member_id: str
    digest: str
    live: bool = True
    opened_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def open(cls, member: Registered, token: str, *, id: str, now: datetime) -> Self:
        return cls(id=id, lane=member.community[:6], member_id=member.member_id, digest=digest_of(token), opened_at=now)

    def revoke(self, now: datetime) -> None:
        self.live, self.revoked_at = False, now


def digest_of(token: str) -> str:
    """A token has 256 random bits, so a plain hash can't be searched."""
    return sha256(token.encode()).hexdigest()
