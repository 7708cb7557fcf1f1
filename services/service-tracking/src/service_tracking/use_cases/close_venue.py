"""Close a service point, end a programme."""

from datetime import date

from servicekit.storage.work import Work

from service_tracking.domain.venue import Venue, VenueKind
from service_tracking.storage.collections import VENUES
from service_tracking.use_cases.rows import found


async def close_venue(work: Work, kind: VenueKind, venue_id: str, on: date | None) -> Venue:
    """Raises NotFound, StepNotPossible, InvalidInput."""
    venues = await work.load(Venue, VENUES, [venue_id])
    of_kind = {id: venue for id, venue in venues.items() if venue.kind is kind}
    venue = found(of_kind, venue_id, path="id", what_zh="服务点或项目", what_en="service point or programme")
    venue.close(on, work.now)
    work.save(VENUES, venue)
    return venue
