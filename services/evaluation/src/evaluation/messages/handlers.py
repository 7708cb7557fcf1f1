"""What happens here when something happened elsewhere: it is kept and counted."""

from collections.abc import Sequence

from servicekit.events import Fact as Told
from servicekit.storage.work import Work

from evaluation.domain.facts import Fact, local_date
from evaluation.messages.counted import Counted
from evaluation.use_cases.keep_facts import keep_facts


async def keep(work: Work, told: Sequence[Told[Counted]]) -> None:
    await keep_facts(work, [fact_of(one) for one in told])


def fact_of(told: Told[Counted]) -> Fact:
    heading = {"id": told.subject, "version": told.version, "lane": told.lane, "on": local_date(told.time)}
    return Fact.model_validate(heading | told.data.counted())
