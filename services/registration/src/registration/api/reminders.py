"""Reminders in the graph: that a unit was told of whom it must act on."""

from datetime import datetime
from typing import Self

import strawberry
from servicekit.domain import NotFound
from servicekit.graphql import Info, result_union

from registration.api import loaders
from registration.api.running import permit
from registration.api.units import Unit
from registration.domain import reconciliations
from registration.domain.reconciliations import AlreadyReminded, NothingToRemind
from registration.use_cases.remind_unit import RemindUnit, remind_unit


@strawberry.type(description="催办 / A unit's reminder; sentAt is every time that it was sent")
class Reminder:
    people: int
    sent_at: list[datetime]
    unit_id: strawberry.Private[str]

    @strawberry.field
    async def unit(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.unit_id))

    @classmethod
    def of(cls, one: reconciliations.Reminder) -> Self:
        return cls(people=one.people, sent_at=one.sent_at, unit_id=one.unit_id)


@strawberry.input
class RemindUnitInput:
    reconciliation_id: strawberry.ID
    unit_id: strawberry.ID


RemindUnitResult = result_union("RemindUnitResult", Reminder, NothingToRemind, AlreadyReminded, NotFound)


@strawberry.type
class ReminderMutations:
    @strawberry.mutation(graphql_type=RemindUnitResult, description="催办单位 / Remind a unit of its residual")
    async def remind_unit(self, info: Info, input: RemindUnitInput) -> Reminder:
        command = RemindUnit(input.reconciliation_id, input.unit_id)
        return Reminder.of(await info.context.run(remind_unit, command, permit(info, "Mutation.remindUnit")))
