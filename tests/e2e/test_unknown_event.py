"""An event that nobody understands goes to the dead letters at once, and those behind it are counted."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aio_pika
import orjson
from huijia_demo.figures import CITY
from servicekit.events import CONTENT_TYPE

from tests.e2e.conftest import Town
from tests.support.waiting import eventually

POSTS = "query($division: ID!) { indicator(id: posts, division: $division) { numerator } }"
PUBLISH = "mutation($input: PublishPostInput!) { publishPost(input: $input) { __typename } }"


async def test_an_unknown_event_version_goes_to_the_dead_letters_and_blocks_nobody(town: Town) -> None:
    community = town.scenario.communities[0]
    posts = await _posts(town)
    async with await aio_pika.connect(town.settings["HUIJIA_AMQP_URL"]) as connection:
        channel = await connection.channel()
        events = await channel.get_exchange(f"{town.settings['HUIJIA_NAMESPACE']}.events")
        dead = await channel.get_queue(f"{town.settings['HUIJIA_NAMESPACE']}.evaluation.dead")
        event = _from_the_future(lane=community[:6])

        await events.publish(
            aio_pika.Message(orjson.dumps(event), content_type=CONTENT_TYPE, message_id=event["id"]),
            f"{community[:6]}.service-tracking.offer-published",
        )
        row = {"communityCode": community, "title": "排在坏消息之后", "capacity": 1}
        await town.endpoint.ask(PUBLISH, town.badges.host(community), input=row)

        letter = await eventually(lambda: dead.get(fail=False), within=20, message="a dead letter")
        await letter.ack()
    assert orjson.loads(letter.body)["id"] == event["id"]

    async def counted() -> bool:
        return await _posts(town) == posts + 1

    await eventually(counted, within=20, message="the post behind it is counted")


async def _posts(town: Town) -> int:
    answer = await town.endpoint.ask(POSTS, town.badges.city(), division=CITY)
    numerator: int = answer["indicator"]["numerator"]
    return numerator


def _from_the_future(lane: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/huijia/service-tracking",
        "type": "huijia.service-tracking.offer-published.v99",
        "subject": str(uuid4()),
        "time": datetime.now(UTC).isoformat(),
        "lane": lane,
        "version": 1,
        "correlationid": str(uuid4()),
        "data": {"shape": "unknown"},
    }
