"""Say that activities took place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.waiting_lists import dismiss_waiting


@dataclass(frozen=True, slots=True)
class HoldActivity:
    """Held on the day planned unless `held_on` says another."""

    activity_id: str
    held_on: date | None = None


async def hold_activities(work: Work, _by: Person, commands: Sequence[HoldActivity]) -> list[Offer | Refusal]:
    """One outcome a command. Refused with NotFound, NotAnActivity, ActivityOver, ActivityNotDue."""
    offers = await work.load(Offer, OFFERS, [command.activity_id for command in commands])

    def hold(command: HoldActivity) -> Offer:
        activity = found(offers, command.activity_id, path="activity_id", what_zh="活动", what_en="activity")
        activity.hold(command.held_on, work.now)
        work.save(OFFERS, activity)
        return activity

    outcomes = each(commands, hold)
    await dismiss_waiting(work, [outcome.id for outcome in outcomes if isinstance(outcome, Offer)])
    return outcomes
