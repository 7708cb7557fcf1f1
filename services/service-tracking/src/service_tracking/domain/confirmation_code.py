"""A one-time code: the beneficiary has it, and tells it once the service was given."""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from servicekit.domain import Aggregate

from service_tracking.domain.claim import Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.refusals import CodeExpired, CodeLocked, CodeUsed, CodeWrong, OwnRecord

DIGITS = 8
TRIES = 5
VALID_FOR = timedelta(days=30)


class CodeStatus(StrEnum):
    """REPLACED by a newer one for the same claim or record."""

    ISSUED = "ISSUED"
    USED = "USED"
    REPLACED = "REPLACED"


class ConfirmationCode(Aggregate):
    """For one service on a claim, or for one record. Only `digest`, a keyed hash, is kept of the digits."""

    claim_id: str | None
    record_id: str | None
    target: str
    member_id: str
    unit_id: str
    community: str
    digest: str
    status: CodeStatus = CodeStatus.ISSUED
    tries_left: int = TRIES
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    @classmethod
    def issue(cls, about: Claim | ServiceRecord, digest: str, *, id: str, by: Person, now: datetime) -> Self:
        """Never by the member whose service it will confirm. Raises OwnRecord, ClaimNotApproved, RecordDecided."""
        if about.member_id in by.member_ids:
            raise OwnRecord(path="claim_id" if isinstance(about, Claim) else "record_id")
        if isinstance(about, Claim):
            about.check_serves(about.member_id)
        else:
            about.check_open()
        return cls(
            id=id,
            lane=about.lane,
            claim_id=about.id if isinstance(about, Claim) else None,
            record_id=None if isinstance(about, Claim) else about.id,
            target=about.id,
            member_id=about.member_id,
            unit_id=about.unit_id,
            community=about.community,
            digest=digest,
            issued_by=by.subject,
            issued_at=now,
            expires_at=now + VALID_FOR,
        )

    def check_usable(self, now: datetime) -> None:
        """Raises CodeUsed, CodeLocked, CodeExpired."""
        if self.status is CodeStatus.USED:
            raise CodeUsed(path="code", used_on=day_of(self.used_at or now))
        if self.tries_left < 1:
            raise CodeLocked(path="code", tries=TRIES)
        if now >= self.expires_at:
            raise CodeExpired(path="code", expired_on=day_of(self.expires_at))

    def matches(self, digest: str) -> bool:
        return hmac.compare_digest(self.digest, digest)

    def fail(self) -> CodeWrong:
        """One try less, and the refusal to answer."""
        self.tries_left -= 1
        return CodeWrong(path="code", tries_left=self.tries_left)

    def use(self, record_id: str, now: datetime) -> None:
        self.status, self.record_id, self.used_at = CodeStatus.USED, record_id, now
