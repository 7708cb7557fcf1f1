"""Say that activities took place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.agreement import Agreement
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.storage.agreements import agreements_between, in_force
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.waiting_lists import dismiss_waiting


@dataclass(frozen=True, slots=True)
class HoldActivity:
    """Held on the day planned unless `held_on` says another."""

    activity_id: str
    held_on: date | None = None


async def hold_activities(work: Work, _by: Person, commands: Sequence[HoldActivity]) -> list[Offer | Refusal]:
    """One outcome a command. Refused with NotFound, NotAnActivity, ActivityOver, ActivityNotDue, NoAgreement."""
    offers = await work.load(Offer, OFFERS, [command.activity_id for command in commands])
    agreements = await _agreements(work, offers.values())

    def hold(command: HoldActivity) -> Offer:
        activity = found(offers, command.activity_id, path="activity_id", what_zh="活动", what_en="activity")
        bound = in_force(agreements.get(activity.id, ()), command.held_on) if command.held_on else None
        activity.hold(command.held_on, work.now, bound)
        work.save(OFFERS, activity)
        return activity

    outcomes = each(commands, hold)
    await dismiss_waiting(work, [outcome.id for outcome in outcomes if isinstance(outcome, Offer)])
    return outcomes


async def _agreements(work: Work, offers: Collection[Offer]) -> dict[str, list[Agreement]]:
    """Those of its unit with any community that it belonged to, by collective activity."""
    pairs = {one.id: [(one.unit_id, place) for place in one.communities] for one in offers if one.unit_id is not None}
    kept = await agreements_between(work, {pair for its in pairs.values() for pair in its})
    return {id: [agreement for pair in its for agreement in kept[pair]] for id, its in pairs.items()}
