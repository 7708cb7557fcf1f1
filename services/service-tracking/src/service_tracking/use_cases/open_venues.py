"""Open service points and launch programmes."""

from collections.abc import Sequence

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.venue import Venue, VenueDraft
from service_tracking.storage.collections import VENUES
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each


async def open_venues(work: Work, by: Person, drafts: Sequence[VenueDraft]) -> list[Venue | Refusal]:
    """One outcome a draft. A reference that the actor used before answers what was opened then."""
    known = await sent_before(work, Venue, VENUES, "opened_by", [draft.reference for draft in drafts])

    def make(draft: VenueDraft) -> Venue:
        if draft.reference is not None and draft.reference in known:
            return known[draft.reference]
        venue = Venue.open(draft, id=new_id(), by=by.subject, now=work.now)
        work.save(VENUES, venue)
        if draft.reference is not None:
            known[draft.reference] = venue
        return venue

    return each(drafts, make)
