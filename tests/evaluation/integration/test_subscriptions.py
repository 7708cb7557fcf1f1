"""A bulletin is told to those who watch its division, once it is published: by a real broker."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from evaluation.app import SERVICE
from evaluation.domain.figures import BULLETIN
from servicekit.bus.broker import Broker
from servicekit.bus.listener import Listener
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.graphql import Context
from servicekit.security import ANONYMOUS, Principal
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.events import consume, division, record
from tests.evaluation.integration.test_bulletins_api import READER, Graph

WATCH = "subscription($d: ID!) { bulletinPublished(division: $d) { id number rows { figure } } }"


@pytest_asyncio.fixture
async def listener(amqp_url: str, namespace: str) -> AsyncIterator[Listener]:
    listener = Listener(amqp_url, Topology(namespace), service="evaluation")
    yield listener
    await listener.close()


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Graph:
    await consume(commands, [division("350800", "龙岩市", "CITY"), record("1", 1, "CONFIRMED")])
    return Graph(database, commands)


async def test_a_published_bulletin_is_told_to_any_reader(
    graph: Graph, listener: Listener, amqp_url: str, namespace: str
) -> None:
    broker, topology = await Broker.connect(amqp_url, name="test"), Topology(namespace)
    channel = await broker.channel()
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(await topology.declare_events(channel), "#")
    context, stream = await begun(graph.database, READER, listener)

    id = await graph.published()
    await Relay(graph.database, broker, topology, source="evaluation", live=SERVICE.live).dispatch()

    answer = await asyncio.wait_for(anext(stream), 20)
    assert answer["data"]["bulletinPublished"]["id"] == id
    assert len(answer["data"]["bulletinPublished"]["rows"]) == len(BULLETIN)
    await context.close()
    await channel.exchange_delete(topology.events)
    await channel.exchange_delete(topology.live)
    await broker.close()


async def test_nobody_watches_without_a_token(database: Database, listener: Listener) -> None:
    _, answer = await begun(database, ANONYMOUS, listener)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def begun(database: Database, principal: Principal, listener: Listener) -> tuple[Context, Any]:
    context = Context(policy=SERVICE.subgraph.policy, principal=principal, database=database, listener=listener)
    return context, await SERVICE.subgraph.subscribe(WATCH, context=context, variables={"d": "3508"})
