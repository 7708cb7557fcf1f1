"""Dead letters on the command line."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import typer
from servicekit.bus.broker import Broker
from servicekit.bus.cli import bus_app
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.messages import Delivery, lower
from servicekit.bus.retry import Retries
from servicekit.bus.topology import Topology
from servicekit.events import MalformedEvent
from typer.testing import CliRunner, Result

SERVICE, LANE = "taker", "350802"


class House:
    """A service's queues with dead letters in them."""

    def __init__(self, amqp_url: str, namespace: str) -> None:
        self._url = amqp_url
        self._topology = Topology(namespace)

    @asynccontextmanager
    async def dead_letters(self) -> AsyncIterator[DeadLetters]:
        async with self._broker() as broker:
            yield DeadLetters(broker, self._topology, SERVICE)

    @asynccontextmanager
    async def _broker(self) -> AsyncIterator[Broker]:
        broker = await Broker.connect(self._url, name="cli test", attempts=1)
        yield broker
        await broker.close()

    async def bury(self, *ids: str) -> None:
        async with self._broker() as broker:
            channel = await broker.channel()
            await self._topology.declare_events(channel)
            await self._topology.declare_service(channel, SERVICE)
            await self._topology.declare_lane(channel, SERVICE, LANE, ["#"])
            retries = Retries(await lower(channel), self._topology, SERVICE)
            for id in ids:
                lane_queue = self._topology.lane_queue(SERVICE, LANE)
                await retries.bury(Delivery(1, id, b"{}", {}), lane_queue, MalformedEvent("no event of ours"))

    async def remove(self) -> None:
        async with self._broker() as broker:
            channel = await broker.channel()
            tiers = [self._topology.retry(SERVICE, tier) for tier in range(3)]
            for queue in [self._topology.dead(SERVICE), self._topology.lane_queue(SERVICE, LANE), *tiers]:
                await channel.queue_delete(queue)
            for exchange in [self._topology.events, *tiers]:
                await channel.exchange_delete(exchange)


@pytest.fixture
def house(amqp_url: str, namespace: str) -> Iterator[House]:
    house = House(amqp_url, namespace)
    asyncio.run(house.bury())
    yield house
    asyncio.run(house.remove())


def _invoke(house: House, *arguments: str) -> Result:
    app = typer.Typer()
    app.add_typer(bus_app(house.dead_letters), name="dead-letters")
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["dead-letters", *arguments])


def test_without_any_it_says_so(house: House) -> None:
    assert "No dead letters." in _invoke(house, "list").output


def test_they_are_listed_with_what_an_operator_needs(house: House) -> None:
    asyncio.run(house.bury("event-1"))

    listed = _invoke(house, "list")

    assert listed.exit_code == 0
    for part in ("event-1", f".{SERVICE}.{LANE}", "1", "MalformedEvent: no event of ours"):
        assert part in listed.output


def test_the_named_ones_are_replayed_and_the_others_stay(house: House) -> None:
    asyncio.run(house.bury("event-1", "event-2", "event-3"))

    replayed = _invoke(house, "replay", "--event", "event-1", "--event", "event-3")

    left = _invoke(house, "list").output
    assert replayed.output == "2 replayed.\n"
    assert "event-2" in left
    assert "event-1" not in left


def test_all_are_replayed_when_none_is_named(house: House) -> None:
    asyncio.run(house.bury("event-1", "event-2"))

    assert _invoke(house, "replay").output == "2 replayed.\n"
    assert "No dead letters." in _invoke(house, "list").output


def test_an_unknown_id_is_told_and_fails(house: House) -> None:
    replayed = _invoke(house, "replay", "--event", "nobody")

    assert replayed.exit_code == 1
    assert "no dead letters" in replayed.output
