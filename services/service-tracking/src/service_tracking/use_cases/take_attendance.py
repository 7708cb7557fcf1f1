"""Say who came to activities."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.claim import Attendance, Claim
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class TakeAttendance:
    claim_id: str
    attendance: Attendance


async def take_attendance(work: Work, by: Person, commands: Sequence[TakeAttendance]) -> list[Claim | Refusal]:
    """One outcome a command. Refused with NotFound, NotAnActivity, ActivityNotHeld, ClaimNotApproved."""
    claims = await work.load(Claim, CLAIMS, [command.claim_id for command in commands])
    offers = await work.load(Offer, OFFERS, [claim.offer_id for claim in claims.values()])

    def take(command: TakeAttendance) -> Claim:
        claim = found(claims, command.claim_id, path="claim_id", what_zh="认领", what_en="claim")
        claim.attend(offers[claim.offer_id], command.attendance, by=by.subject, now=work.now)
        work.save(CLAIMS, claim)
        return claim

    return each(commands, take)
