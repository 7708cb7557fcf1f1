"""End an agreement; what has run out ends by itself."""

from datetime import date

from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement, AgreementStatus, no_such_agreement
from registration.domain.calendar import city_date, past_date
from registration.domain.units import Unit
from registration.storage.collections import AGREEMENTS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.reorganise_communities import LATE
from registration.use_cases.resettle import paired_members, resettle, resettle_paired

AGREEMENTS_A_STEP = 20


async def end_agreement(work: Work, agreement_id: str, ended_on: date | None, permit: Permit) -> Agreement:
    """Refused: AgreementAlreadyEnded, NotFound, InvalidInput (a date to come, or before its start)."""
    agreement = (await work.load(Agreement, AGREEMENTS, [agreement_id])).get(agreement_id)
    if agreement is None:
        raise no_such_agreement(agreement_id)
    unit = (await work.load(Unit, UNITS, [agreement.unit_id]))[agreement.unit_id]
    permit(Target(division=agreement.community_code, unit=unit.id, line=unit.line))
    agreement.end(past_date(ended_on, work.now, path="ended_on"))
    work.save(AGREEMENTS, agreement)
    if agreement.primary:
        agreement.late_at = work.now + LATE
        await resettle_paired(work, {unit.id: agreement})
    return agreement


async def run_out_agreements(work: Work) -> int:
    """End the agreements whose term is over, a batch of them, as if somebody had; how many."""
    over = {"status": AgreementStatus.ACTIVE.value, "ends_on": {"$gt": "", "$lt": city_date(work.now).isoformat()}}
    found = work.collection(AGREEMENTS).find(over).sort("ends_on").limit(AGREEMENTS_A_STEP)
    agreements = [restore(Agreement, one) async for one in found]
    for agreement in agreements:
        agreement.run_out()
        agreement.late_at = work.now + LATE if agreement.primary else None
        work.save(AGREEMENTS, agreement)
    await resettle_paired(work, {one.unit_id: one for one in agreements if one.primary})
    return len(agreements)


async def place_late_arrivals(work: Work) -> int:
    """Place anew whom agreements placed at the very moment when they ended; of how many agreements."""
    found = work.collection(AGREEMENTS).find({"late_at": {"$lte": work.now}}).sort("late_at").limit(AGREEMENTS_A_STEP)
    agreements = [restore(Agreement, one) async for one in found]
    await resettle(work, await paired_members(work, [one.unit_id for one in agreements]))
    for agreement in agreements:
        agreement.late_at = None
        work.save(AGREEMENTS, agreement)
    return len(agreements)
