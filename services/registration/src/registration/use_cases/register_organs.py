"""Register organs of divisions, and dissolve one with the appointments to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from servicekit.domain import InvalidInput, Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.appointments import Appointment
from registration.domain.calendar import past_date
from registration.domain.divisions import Division, no_such_division, parse_code
from registration.domain.organs import Organ, OrganAlreadyRegistered, OrganKind, no_such_organ, register_organ
from registration.storage.collections import APPOINTMENTS, DIVISIONS, ORGANS
from registration.use_cases.batches import Permit, decide_each

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RegisterOrgan:
    """`founded_on` None is today."""

    division: str
    kind: OrganKind
    name: str
    compounds: list[str] = field(default_factory=list)
    founded_on: date | None = None


async def register_organs(work: Work, commands: Sequence[RegisterOrgan], permit: Permit) -> list[Organ | Refusal]:
    """Refused: OrganAlreadyRegistered, CommunityWithdrawn, NotFound (division), InvalidInput."""
    divisions = await work.load(Division, DIVISIONS, [command.division for command in commands])
    taken = await _taken(work, commands)

    def decide(command: RegisterOrgan) -> Organ:
        code = parse_code(command.division, path="division")
        permit(Target(division=code))
        if code not in divisions:
            raise no_such_division(code, path="division")
        on = past_date(command.founded_on, work.now, path="founded_on")
        divisions[code].require_valid(on, path="division")
        name = command.name.strip()
        if not name:
            raise InvalidInput(path="name", reason_zh="名称为空", reason_en="the name is blank")
        key = (code, command.kind.value, name)
        if key in taken:
            raise OrganAlreadyRegistered(path="name", organ_id=taken[key])
        compounds = list(dict.fromkeys(one.strip() for one in command.compounds if one.strip()))
        organ = register_organ(new_id(), division=code, kind=command.kind, name=name, compounds=compounds, on=on)
        taken[key] = organ.id
        work.save(ORGANS, organ)
        return organ

    return decide_each(commands, decide)


async def dissolve_organ(work: Work, organ_id: str, ended_on: date | None, permit: Permit) -> Organ:
    """Whoever serves in it does so no longer. Refused: TermAlreadyEnded, NotFound, InvalidInput."""
    organ = (await work.load(Organ, ORGANS, [organ_id])).get(organ_id)
    if organ is None:
        raise no_such_organ(organ_id, path="id")
    permit(Target(division=organ.division))
    on = past_date(ended_on, work.now, path="ended_on")
    organ.dissolve(on)
    work.save(ORGANS, organ)
    async for document in work.collection(APPOINTMENTS).find({"organ_id": organ.id, "ended_on": None}):
        appointment = restore(Appointment, document)
        appointment.end(max(on, appointment.starts_on))
        work.save(APPOINTMENTS, appointment)
    return organ


async def _taken(work: Work, commands: Sequence[RegisterOrgan]) -> dict[_Key, str]:
    match = {
        "division": {"$in": [command.division for command in commands]},
        "name": {"$in": [command.name.strip() for command in commands]},
        "ended_on": None,
    }
    found = work.collection(ORGANS).find(match, {"division": 1, "kind": 1, "name": 1})
    return {(one["division"], one["kind"], one["name"]): one["_id"] async for one in found}
