"""Dual registration: members submit, units certify, hosts sign receipts and place members into grids; some are
rejected or withdrawn first.

Whoever is on the way already is taken on from there, so that a play may be repeated.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from huijia_demo.city.model import Fate, Grid, Person
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

FIELDS = "id status certificateNumber grid { id }"
SUBMIT = Mutation("submitRegistration", "submitRegistrations", "Registration", FIELDS)
REJECT = Mutation("rejectRegistration", "", "Registration", FIELDS, input="RegistrationReasonInput")
WITHDRAW = Mutation("withdrawRegistration", "", "Registration", FIELDS, input="RegistrationReasonInput")
CERTIFY = Mutation("certifyRegistration", "certifyRegistrations", "Registration", FIELDS)
PLACE = Mutation("placeRegistration", "placeRegistrations", "Registration", FIELDS)
RECEIVE = Mutation("receiveCertificate", "receiveCertificates", "Registration", FIELDS)
REGISTRATIONS = """
query($unit: ID!, $first: Int!, $after: String) {
  unit(id: $unit) {
    members(first: $first, after: $after) {
      nodes { id registration { id status certificateNumber grid { id } } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
PAPER_TAKES = timedelta(days=7)
TURNED_BACK = (Fate.COMPLETED_AFTER_REJECTION, Fate.COMPLETED_AFTER_WITHDRAWAL)


@dataclass(frozen=True)
class Newest:
    """The newest registration of a person, as the server has it."""

    id: str
    status: str
    certificate: str | None
    placed: bool

    @classmethod
    def of(cls, node: Json) -> "Newest":
        return cls(node["id"], node["status"], node["certificateNumber"], node["grid"] is not None)


class Registrar:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._newest: dict[Person, Newest] = {}

    async def register(self, people: list[Person], name: str) -> None:
        """Take these people, all of them on a roster, as far as their fate lets them come."""
        wanted = [person for person in people if person.fate is not Fate.NONE]
        certified = [person for person in wanted if person.fate is not Fate.SUBMITTED]
        with self._stage.phase(f"{name}: submit", len(wanted)):
            await self._look(people)
            await self._first_tries(wanted)
            await self._submit(self._with_status(wanted, None, "REJECTED", "WITHDRAWN"))
        with self._stage.phase(f"{name}: certify", len(certified)):
            await self._step(CERTIFY, self._with_status(certified, "SUBMITTED"), self._unit, self._by_id)
        completing = [person for person in certified if person.fate.completes]
        with self._stage.phase(f"{name}: receipt", len(completing)):
            await self._step(RECEIVE, self._with_status(completing, "CERTIFIED"), self._host, self._receipt)

    async def place(self) -> None:
        """Put into the grid that the scenario says whom the own compound has not put there already."""
        grids = self._stage.city.placements
        waiting = [person for person in grids if not self._newest[person].placed]
        with self._stage.phase("Placements", len(waiting)):
            await self._step(PLACE, waiting, self._host, lambda one: self._place(one, grids[one]))

    async def _look(self, people: list[Person]) -> None:
        units = {self._stage.units[person.unit] for person in people}
        lists = await self._stage.each(self._members, sorted(units))
        there = {node["id"]: node["registration"] for nodes in lists for node in nodes if node["registration"]}
        ids = ((person, self._stage.members[person]) for person in people)
        self._newest.update((person, Newest.of(there[id])) for person, id in ids if id in there)

    async def _members(self, unit: str) -> list[Json]:
        return await self._stage.nodes(REGISTRATIONS, self._stage.badges.unit(unit), ("unit", "members"), unit=unit)

    async def _first_tries(self, people: list[Person]) -> None:
        """A first registration of some is rejected by the unit or withdrawn by the member."""
        trying = [person for person in people if person.fate in TURNED_BACK]
        await self._submit(self._with_status(trying, None))
        turning = self._with_status(trying, "SUBMITTED")
        rejected = [person for person in turning if person.fate is Fate.COMPLETED_AFTER_REJECTION]
        await self._step(REJECT, rejected, self._unit, self._because("花名册信息与本人填报不一致"), alone=True)
        withdrawn = [person for person in turning if person.fate is Fate.COMPLETED_AFTER_WITHDRAWAL]
        await self._step(WITHDRAW, withdrawn, self._member, self._because("居住地有变,重新报到"), alone=True)

    async def _submit(self, people: list[Person]) -> None:
        alone = [person for person in people if person.alone]
        others = [person for person in people if not person.alone]
        await self._step(SUBMIT, others, self._unit, lambda person: {"memberId": self._stage.members[person]})
        await self._step(SUBMIT, alone, self._member, self._own, alone=True)

    async def _step(
        self,
        mutation: Mutation,
        people: Iterable[Person],
        by: Callable[[Person], str],
        row: Callable[[Person], Json],
        alone: bool = False,
    ) -> None:
        done = await self._stage.send(mutation, people, by, row, alone)
        self._newest.update((person, Newest.of(outcome)) for person, outcome in done)

    def _with_status(self, people: Iterable[Person], *statuses: str | None) -> list[Person]:
        """Those whose newest registration has one of these statuses; None is for those without any."""
        newest = ((person, self._newest.get(person)) for person in people)
        return [person for person, one in newest if (one.status if one else None) in statuses]

    def _own(self, person: Person) -> Json:
        """Whoever registers alone tells the residence, which the unit's roster leaves out, and the compound there."""
        residence, grid = person.community, self._stage.city.placements.get(person)
        return {
            "memberId": self._stage.members[person],
            "residence": residence if person.by_residence else None,
            "compound": grid.compound if grid else None,
        }

    def _by_id(self, person: Person) -> Json:
        return {"registrationId": self._newest[person].id}

    def _place(self, person: Person, grid: Grid) -> Json:
        return {**self._by_id(person), "gridId": self._stage.grids[grid]}

    def _because(self, reason: str) -> Callable[[Person], Json]:
        return lambda person: {**self._by_id(person), "reason": reason}

    def _receipt(self, person: Person) -> Json:
        day = person.registers_on + PAPER_TAKES
        return {"certificateNumber": self._newest[person].certificate, "receivedOn": day.isoformat()}

    def _unit(self, person: Person) -> str:
        return self._stage.badges.unit(self._stage.units[person.unit])

    def _member(self, person: Person) -> str:
        return self._stage.badges.member(self._stage.members[person])

    def _host(self, person: Person) -> str:
        return self._stage.badges.host(person.community)
