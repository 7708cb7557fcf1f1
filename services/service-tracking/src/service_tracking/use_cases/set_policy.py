"""Set a policy for a division and all below it."""

from dataclasses import dataclass
from datetime import date

from servicekit.domain import new_id
from servicekit.storage.work import Work

from service_tracking.domain.policy import Backlog, Policy, Ruled
from service_tracking.storage.collections import POLICIES


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """`backlog`: by which rules the records that wait now are judged."""

    division: str
    ruled: Ruled
    backlog: Backlog
    starts_on: date
    ends_on: date | None = None


async def set_policy(work: Work, command: SetPolicy) -> Policy:
    """Raises InvalidInput."""
    policy = Policy.set(
        command.division,
        command.ruled,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        backlog=command.backlog,
        id=new_id(),
        by=work.actor.subject,
        now=work.now,
    )
    work.save(POLICIES, policy)
    return policy
