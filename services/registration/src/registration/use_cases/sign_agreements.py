"""Sign agreements between units and communities; one that ended is renewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement, AgreementStatus, PrimaryAgreementExists, Support, sign_agreement
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import AGREEMENTS, DIVISIONS, UNITS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.resettle import resettle_paired


@dataclass(frozen=True, slots=True)
class SignAgreement:
    unit_id: str
    community_code: str
    primary: bool
    support: list[Support]
    starts_on: date
    ends_on: date | None = None


async def sign_agreements(work: Work, commands: Sequence[SignAgreement], permit: Permit) -> list[Agreement | Refusal]:
    """Refused: AgreementAlreadyActive, PrimaryAgreementExists, CommunityWithdrawn, NotFound, InvalidInput."""
    units = await work.load(Unit, UNITS, [command.unit_id for command in commands])
    communities = await work.load(Division, DIVISIONS, [command.community_code for command in commands])
    known = await _of_units(work, list(units))

    def decide(command: SignAgreement) -> Agreement:
        unit = units.get(command.unit_id)
        if unit is None:
            raise no_such_unit(command.unit_id)
        code = check_community_code(command.community_code, path="community_code")
        permit(Target(division=code, unit=unit.id, line=unit.line))
        unit.require_standing()
        if code not in communities:
            raise no_such_division(code, path="community_code")
        communities[code].require_valid(command.starts_on, path="community_code")
        agreement = known.get((unit.id, code))
        _refuse_second_primary(command, [one for key, one in known.items() if key[0] == unit.id])
        agreement = known[unit.id, code] = _signed(command, agreement)
        work.save(AGREEMENTS, agreement)
        # Written, though nothing of it changes: so a merger of the unit at the same moment is a conflict.
        work.save(UNITS, unit)
        return agreement

    outcomes = decide_each(commands, decide)
    await resettle_paired(work, {one.unit_id: one for one in outcomes if not isinstance(one, Refusal) and one.primary})
    return outcomes


def _signed(command: SignAgreement, agreement: Agreement | None) -> Agreement:
    if agreement is None:
        return sign_agreement(
            new_id(),
            unit_id=command.unit_id,
            community_code=command.community_code,
            primary=command.primary,
            support=command.support,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        )
    agreement.renew(
        primary=command.primary, support=command.support, starts_on=command.starts_on, ends_on=command.ends_on
    )
    return agreement


def _refuse_second_primary(command: SignAgreement, of_unit: list[Agreement]) -> None:
    if not command.primary:
        return
    for one in of_unit:
        if one.primary and one.status is AgreementStatus.ACTIVE and one.community_code != command.community_code:
            raise PrimaryAgreementExists(path="primary", community_code=one.community_code)


async def _of_units(work: Work, unit_ids: list[str]) -> dict[tuple[str, str], Agreement]:
    found = work.collection(AGREEMENTS).find({"unit_id": {"$in": unit_ids}})
    return {(one["unit_id"], one["community_code"]): restore(Agreement, one) async for one in found}
