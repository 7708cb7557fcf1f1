"""What is known of a person, and by whom: each unit has an entry of its own, the person's own word goes first."""

from typing import Any, Self

from pydantic import Field, model_validator

from registration.domain.people import Personal, PersonalData


class RosterEntry(Personal):
    """What a unit's roster says of a person."""

    name: str
    phone: str | None = None


class PersonRecord(Personal):
    """Sealed at rest. `entries` are by unit, the one that was stated last at the end.

    `own_name` and `own_phone` are what the person had corrected. No unit's entry is ever shown to another that has its
    own, or changed by it.
    """

    id_number: str
    entries: dict[str, RosterEntry] = Field(min_length=1)
    own_name: str | None = None
    own_phone: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_one_entry(cls, data: Any) -> Any:
        """Records of before units had entries of their own: whose the one entry is was not kept."""
        if isinstance(data, dict) and "entries" not in data:
            entry = {"name": data["name"], "phone": data.get("phone")}
            return {"id_number": data["id_number"], "entries": {"": entry}}
        return data

    def known_to(self, unit_id: str) -> PersonalData:
        entry = self._entry_of(unit_id)
        return PersonalData(
            name=self.own_name or entry.name, id_number=self.id_number, phone=self.own_phone or entry.phone
        )

    def entered(self, unit_id: str, name: str, phone: str | None, *, joining: bool = False) -> Self:
        """With what the unit's roster says now; a blank never overwrites.

        Who joins by a roster brings nothing along of what other units said.
        """
        before = self.entries.get(unit_id) if joining else self._entry_of(unit_id)
        entry = RosterEntry(name=name, phone=phone or (before.phone if before else None))
        if entry == before and not joining:
            return self
        others = {unit: one for unit, one in self.entries.items() if unit != unit_id}
        return self.model_copy(update={"entries": {**others, unit_id: entry}})

    def _entry_of(self, unit_id: str) -> RosterEntry:
        """A unit that the person was handed over to, by transfer or merger, goes on with what was stated last."""
        return self.entries.get(unit_id) or list(self.entries.values())[-1]


def new_record(id_number: str, unit_id: str, name: str, phone: str | None) -> PersonRecord:
    return PersonRecord(id_number=id_number, entries={unit_id: RosterEntry(name=name, phone=phone)})
