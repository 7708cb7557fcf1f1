"""What is confirmed is told to those who watch the place, and to nobody else: by a real broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from service_tracking.app import SERVICE
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from servicekit.bus.broker import Broker
from servicekit.bus.listener import Listener
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role

ROLES = {
    Role.HOST: 12,
    Role.SUBDISTRICT_ADMIN: 9,
    Role.COUNTY_ADMIN: 6,
    Role.CITY_ADMIN: 4,
    Role.AUDITOR: 4,
    Role.INTEGRATION: 4,
}
WATCH = "subscription($c: ID!) { serviceConfirmed(community: $c) { id status member { id } } }"


async def begun(town: Any, principal: Principal, listener: Listener | None, community: str) -> tuple[Context, Any]:
    context = Context(
        policy=SERVICE.subgraph.policy, principal=principal, database=town.database, listener=listener, language="en"
    )
    return context, await SERVICE.subgraph.subscribe(WATCH, context=context, variables={"c": community})


@asynccontextmanager
async def bus(town: Any, amqp_url: str, namespace: str) -> AsyncIterator[tuple[Relay, Listener]]:
    broker, topology = await Broker.connect(amqp_url, name="test"), Topology(namespace)
    listener = Listener(amqp_url, topology, service="service-tracking")
    channel = await broker.channel()
    exchange = await topology.declare_events(channel)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(exchange, "#")
    yield Relay(town.database, broker, topology, source="service-tracking", live=SERVICE.live), listener
    await listener.close()
    await channel.exchange_delete(topology.events)
    await channel.exchange_delete(topology.live)
    await broker.close()


async def dispatch_all(relay: Relay) -> None:
    while await relay.dispatch():
        pass


async def test_a_confirmed_record_is_told_to_its_community_and_its_county(
    town: Any, amqp_url: str, namespace: str
) -> None:
    members = await town.members(1)
    record = await town.submit(members[0])
    host, county, neighbour = (
        Principal(scope, (Grant(Role.HOST, scope),)) for scope in (town.community, "350802", "350802999999")
    )
    async with bus(town, amqp_url, namespace) as (relay, listener):
        await dispatch_all(relay)
        streams = [await begun(town, who, listener, who.subject or "") for who in (host, county, neighbour)]

        confirmation = ConfirmRecord(record.id, ConfirmationMethod.PHONE)
        await town.run(confirm_records, Person("somebody else"), [confirmation])
        await dispatch_all(relay)

        told = {"serviceConfirmed": {"id": record.id, "status": "CONFIRMED", "member": {"id": members[0]}}}
        for _, stream in streams[:2]:
            assert await asyncio.wait_for(anext(stream), 20) == {"data": told}
        listener.end()
        [last] = [answer async for answer in streams[2][1]]
        assert last["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_INTERRUPTED"
        for context, _ in streams:
            await context.close()


@pytest.mark.parametrize("role", Role)
async def test_exactly_these_roles_may_watch(role: Role, town: Any, amqp_url: str, namespace: str) -> None:
    scope = town.community[: ROLES.get(role, 12)]
    watcher = Principal("w", (Grant(role, scope, permissions=frozenset({"Subscription.serviceConfirmed"})),))
    elsewhere = Principal("e", (Grant(role, "350803"),))
    listener = Listener(amqp_url, Topology(namespace), service="service-tracking")

    context, answer = await begun(town, watcher, listener, town.community)
    _, refused = await begun(town, elsewhere, listener, town.community)
    await context.close()
    await listener.close()

    assert isinstance(answer, dict) == (role not in ROLES)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
