"""End an agreement."""

from datetime import date

from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.agreements import Agreement, no_such_agreement
from registration.domain.calendar import past_date
from registration.domain.units import Unit
from registration.storage.collections import AGREEMENTS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.resettle import resettle_paired


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
        await resettle_paired(work, {unit.id: agreement})
    return agreement
