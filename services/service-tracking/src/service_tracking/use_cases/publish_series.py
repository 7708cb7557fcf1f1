"""Publish posts that recur."""

from collections.abc import Sequence

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.series import Series, SeriesDraft
from service_tracking.storage.collections import OFFERS, SERIES
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each


async def publish_series(work: Work, by: Person, drafts: Sequence[SeriesDraft]) -> list[Series | Refusal]:
    """One outcome a draft, the posts of the first weeks with it; a reference that the actor used before answers what it
    named then. Refused with InvalidInput.
    """
    known = await sent_before(work, Series, SERIES, "published_by", [draft.post.reference for draft in drafts])

    def publish(draft: SeriesDraft) -> Series:
        reference = draft.post.reference
        if reference is not None and reference in known:
            return known[reference]
        series = Series.publish(draft, id=new_id(), by=by.subject, now=work.now)
        for post in series.expand(new_id, work.now):
            work.save(OFFERS, post)
        work.save(SERIES, series)
        if reference is not None:
            known[reference] = series
        return series

    return each(drafts, publish)
