"""What may be watched as it happens."""

from collections.abc import AsyncIterator

import strawberry
from servicekit.bus.listener import EVERY_LANE, FactStream
from servicekit.graphql import Info
from servicekit.security import Target
from servicekit.security.policy import division_prefix

from service_tracking.api import loaders
from service_tracking.api.records import ServiceRecord
from service_tracking.domain.community import lane_of
from service_tracking.messages.published import RECORD_CONFIRMED, SOURCE

LANE_LENGTH = 6


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="社区(或其他区划)内刚确认的服务记录 / Records served in a division, when confirmed"
    )
    async def service_confirmed(self, info: Info, community: strawberry.ID) -> AsyncIterator[ServiceRecord]:
        info.context.require("Subscription.serviceConfirmed", Target(division=community))
        within = division_prefix(community)
        lane = lane_of(within) if len(within) >= LANE_LENGTH else EVERY_LANE
        facts = await info.context.listen(SOURCE, RECORD_CONFIRMED, lane=lane)
        return _confirmed(info, facts, within)


async def _confirmed(info: Info, facts: FactStream, within: str) -> AsyncIterator[ServiceRecord]:
    """The records as they are stored by now."""
    async for fact in facts:
        if fact.data["community"].startswith(within):
            found = await loaders.records_by_id(info.context, [fact.subject])
            for record in found.values():
                yield ServiceRecord.of(record)
