"""Places in squads: taken and freed in the transaction that moves, ends or transfers the registration.

A squad is saved with what takes or frees its place, so of two that want the last one the second is decided anew, on
what the first left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from servicekit.storage.work import Work

from registration.domain.registrations import Registration
from registration.domain.squads import Squad
from registration.storage.collections import REGISTRATIONS, SQUADS


@dataclass(frozen=True, slots=True)
class SquadPlaces:
    """The squads that some registrations are in, or may go to."""

    work: Work
    squads: dict[str, Squad]

    @classmethod
    async def of(cls, work: Work, registrations: Iterable[Registration], further: Iterable[str | None] = ()) -> Self:
        """`further` are ids of squads that they may go to."""
        ids = {id for id in (*(one.squad_id for one in registrations), *further) if id}
        return cls(work, await work.load(Squad, SQUADS, ids) if ids else {})

    @classmethod
    async def of_ids(cls, work: Work, registration_ids: Iterable[str], further: Iterable[str | None] = ()) -> Self:
        match = {"_id": {"$in": list(set(registration_ids))}, "squad_id": {"$ne": None}}
        found = work.collection(REGISTRATIONS).find(match, {"squad_id": 1})
        return await cls.of(work, (), [*further, *[one["squad_id"] async for one in found]])

    def take(self, squad: Squad) -> None:
        """Refused: SquadFull."""
        squad.admit()
        self.work.save(SQUADS, squad)

    def free(self, registration: Registration) -> None:
        if registration.squad_id is not None:
            squad = self.squads[registration.squad_id]
            squad.release(registration.member_id)
            self.work.save(SQUADS, squad)
