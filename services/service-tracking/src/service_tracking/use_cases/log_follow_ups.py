"""Log what was found and done in pairings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.follow_up import FollowUp
from service_tracking.domain.person import Person
from service_tracking.storage.collections import CLAIMS, FOLLOW_UPS
from service_tracking.storage.followed import mark_followed
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class LogFollowUp:
    claim_id: str
    happened_on: date
    note: str
    reference: str | None = None


async def log_follow_ups(work: Work, by: Person, commands: Sequence[LogFollowUp]) -> list[FollowUp | Refusal]:
    """One outcome a command. A reference that the actor used before answers the entry logged then.

    Refused with NotFound, NotAPairing, ClaimNotApproved, InvalidInput.
    """
    claims = await work.load(Claim, CLAIMS, [command.claim_id for command in commands])
    known = await sent_before(work, FollowUp, FOLLOW_UPS, "logged_by", [command.reference for command in commands])

    def log(command: LogFollowUp) -> FollowUp:
        reference = command.reference
        if reference is not None and reference in known:
            return known[reference]
        claim = found(claims, command.claim_id, path="claim_id", what_zh="结对", what_en="pairing")
        follow_up = FollowUp.log(
            claim, command.happened_on, command.note, reference, id=new_id(), by=by.subject, now=work.now
        )
        work.save(FOLLOW_UPS, follow_up)
        if reference is not None:
            known[reference] = follow_up
        return follow_up

    outcomes = each(commands, log)
    logged = {outcome.claim_id for outcome in outcomes if isinstance(outcome, FollowUp)}
    await mark_followed(work, (claim for claim in claims.values() if claim.id in logged))
    return outcomes
