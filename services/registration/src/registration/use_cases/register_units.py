"""Register units."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import InvalidInput, Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.divisions import Division, no_such_division, parse_code
from registration.domain.units import Unit, UnitAlreadyRegistered, check_credit_code, register_unit
from registration.storage.collections import DIVISIONS, UNITS
from registration.use_cases.batches import Permit, decide_each, well_formed


@dataclass(frozen=True, slots=True)
class RegisterUnit:
    name: str
    credit_code: str
    line: str
    division: str


async def register_units(work: Work, commands: Sequence[RegisterUnit], permit: Permit) -> list[Unit | Refusal]:
    """Refused: UnitAlreadyRegistered, NotFound (division), InvalidInput, NotPermitted."""
    divisions = await work.load(
        Division, DIVISIONS, well_formed(parse_code, [command.division for command in commands])
    )
    registered = await _registered(work, commands)

    def decide(command: RegisterUnit) -> Unit:
        division = parse_code(command.division, path="division")
        permit(Target(division=division, line=command.line))
        if division not in divisions:
            raise no_such_division(division, path="division")
        if not command.name.strip():
            raise InvalidInput(path="name", reason_zh="名称为空", reason_en="the name is blank")
        credit_code = check_credit_code(command.credit_code)
        if credit_code in registered:
            raise UnitAlreadyRegistered(path="credit_code", unit_id=registered[credit_code], credit_code=credit_code)
        unit = register_unit(
            new_id(), name=command.name.strip(), credit_code=credit_code, line=command.line, division=division
        )
        registered[credit_code] = unit.id
        work.save(UNITS, unit)
        return unit

    return decide_each(commands, decide)


async def _registered(work: Work, commands: Sequence[RegisterUnit]) -> dict[str, str]:
    """Ids of the units that have these credit codes already."""
    codes = well_formed(check_credit_code, [command.credit_code for command in commands])
    found = work.collection(UNITS).find({"credit_code": {"$in": codes}}, {"credit_code": 1})
    return {unit["credit_code"]: unit["_id"] async for unit in found}
