"""End a post that recurs."""

from servicekit.storage.work import Work, restore

from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferStatus
from service_tracking.domain.series import Series
from service_tracking.storage.collections import OFFERS, SERIES
from service_tracking.use_cases.release_offers import release_offers
from service_tracking.use_cases.rows import found


async def end_series(work: Work, series_id: str) -> Series:
    """Its posts of the days after today are closed, their claims released. Raises NotFound, StepNotPossible."""
    kept = await work.load(Series, SERIES, [series_id])
    series = found(kept, series_id, path="id", what_zh="周期岗位", what_en="recurring post")
    series.end(work.now)
    work.save(SERIES, series)
    ahead = work.collection(OFFERS).find({"series_id": series_id, "occurs_on": {"$gt": day_of(work.now)}})
    posts = [restore(Offer, document) async for document in ahead]
    for post in posts:
        if post.status is OfferStatus.PUBLISHED:
            post.close(work.now)
    await release_offers(work, posts)
    return series
