"""The organ register: what was founded in a division beside its grids."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import NotFound, Refusal

from registration.domain.divisions import ancestors_of, lane_of
from registration.domain.terms import Term


class OrganKind(StrEnum):
    COMPOUND_ORGANISATION = "COMPOUND_ORGANISATION"
    OWNERS_COMMITTEE = "OWNERS_COMMITTEE"
    ENTERPRISE_BRANCH = "ENTERPRISE_BRANCH"
    SOCIAL_BRANCH = "SOCIAL_BRANCH"
    GUIDANCE_GROUP = "GUIDANCE_GROUP"


class OrganAlreadyRegistered(Refusal):
    organ_id: str
    zh = "该区划已登记同名同类组织"
    en = "This division has an organ of this kind and name already"
    next_zh = "请使用已登记的组织(organId)。"
    next_en = "Use the registered organ (organId)."


class OrganSnapshot(BaseModel):
    """Public state of an organ, carried by its events."""

    organ_id: str
    division: str
    kind: OrganKind
    compounds: int
    starts_on: date
    ended_on: date | None


class Organ(Term):
    division: str
    ancestors: list[str]
    kind: OrganKind
    name: str
    compounds: list[str]

    def dissolve(self, on: date) -> None:
        self.finish(on, "organ-dissolved")

    def move(self, division: str, name: str) -> None:
        """It goes on in another community, under a name that is free there."""
        self.division, self.ancestors, self.name = division, ancestors_of(division), name
        self.record("organ-moved")

    def snapshot(self) -> OrganSnapshot:
        return OrganSnapshot(
            organ_id=self.id,
            division=self.division,
            kind=self.kind,
            compounds=len(self.compounds),
            starts_on=self.starts_on,
            ended_on=self.ended_on,
        )


def register_organ(
    organ_id: str, *, division: str, kind: OrganKind, name: str, compounds: list[str], on: date
) -> Organ:
    organ = Organ(
        id=organ_id,
        lane=lane_of(division),
        division=division,
        ancestors=ancestors_of(division),
        kind=kind,
        name=name,
        compounds=compounds,
        starts_on=on,
    )
    organ.record("organ-registered")
    return organ


def no_such_organ(organ_id: str, path: str = "organ_id") -> NotFound:
    return NotFound(what_zh="组织", what_en="organ", id=organ_id, path=path)
