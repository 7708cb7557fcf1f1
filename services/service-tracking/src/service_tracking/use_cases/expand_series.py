"""Publish more posts of the series that go on."""

from servicekit.domain import new_id
from servicekit.storage.work import Work, restore

from service_tracking.domain.days import day_of
from service_tracking.domain.series import Series
from service_tracking.storage.collections import OFFERS, SERIES

BATCH = 50


async def expand_series(work: Work) -> int:
    """How many series were due, a batch of them."""
    due = work.collection(SERIES).find(
        {"expand_on": {"$gt": "", "$lte": day_of(work.now)}}, sort=[("expand_on", 1)], limit=BATCH
    )
    expanded = [restore(Series, document) async for document in due]
    for series in expanded:
        for post in series.expand(new_id, work.now):
            work.save(OFFERS, post)
        work.save(SERIES, series)
    return len(expanded)
