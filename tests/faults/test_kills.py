"""Processes and servers are killed while events travel; afterwards every effect has happened exactly once."""

import asyncio
import os
import signal
from contextlib import suppress

import pytest
from pymongo.errors import PyMongoError
from servicekit.domain import Busy
from servicekit.storage.work import Work

from tests.contracts.toy import ACTOR
from tests.faults.conftest import Stage
from tests.support.waiting import eventually

EVENTS = 600


async def test_a_relay_killed_between_publish_and_mark(stage: Stage) -> None:
    await stage.toy.open_accounts(EVENTS)
    await stage.start("consumer")
    dying = await stage.start("relay", "between-publish-and-mark")
    await dying.says("in hand")

    await dying.kill()
    await stage.start("relay")

    await eventually(stage.all_applied_once, within=25)


@pytest.mark.parametrize("point", ["between-effects-and-commit", "between-commit-and-ack"])
async def test_a_consumer_killed(stage: Stage, point: str) -> None:
    await stage.toy.open_accounts(EVENTS)
    dying = await stage.start("consumer", point)
    await stage.start("relay")
    await dying.says("in hand")
    await stage.start("consumer")

    await dying.kill()

    await eventually(stage.all_applied_once, within=25)


async def test_the_broker_restarted_while_events_travel(stage: Stage) -> None:
    relay, consumer = await stage.start("relay"), await stage.start("consumer")
    enough = asyncio.Event()
    commands = asyncio.create_task(_keep_committing(stage, enough))
    await eventually(lambda: _some_applied(stage))

    await asyncio.to_thread(stage.rabbitmq.restart)
    enough.set()
    await commands

    await eventually(stage.all_applied_once, within=25)
    assert [await relay.terminate(), await consumer.terminate()] == [0, 0]


async def test_the_database_killed_and_started_again_while_events_travel(stage: Stage) -> None:
    relay, consumer = await stage.start("relay"), await stage.start("consumer")
    enough = asyncio.Event()
    commands = asyncio.create_task(_keep_committing(stage, enough))
    await eventually(lambda: _some_applied(stage))

    await asyncio.to_thread(stage.mongod.kill)
    await asyncio.to_thread(stage.mongod.start)
    enough.set()
    await commands

    await eventually(stage.all_applied_once, within=25)
    assert await stage.toy.dead_letters.list() == []
    assert [await relay.terminate(), await consumer.terminate()] == [0, 0]


async def test_a_relay_and_a_consumer_stop_in_time_while_the_broker_is_away(stage: Stage) -> None:
    relay, consumer = await stage.start("relay"), await stage.start("consumer")
    enough = asyncio.Event()
    commands = asyncio.create_task(_keep_committing(stage, enough))
    await eventually(lambda: _some_applied(stage))
    await asyncio.to_thread(stage.rabbitmq.stop)

    codes = [await relay.terminate(), await consumer.terminate()]

    enough.set()
    await commands
    await asyncio.to_thread(stage.rabbitmq.start)
    await stage.start("relay")
    await stage.start("consumer")
    await eventually(stage.all_applied_once, within=25)
    assert codes == [0, 0]


async def test_a_relay_and_a_consumer_stop_in_time_while_the_database_hangs(stage: Stage) -> None:
    relay, consumer = await stage.start("relay"), await stage.start("consumer")
    await stage.toy.open_accounts(EVENTS)
    await eventually(lambda: _some_applied(stage))
    pid = stage.mongod.processes["mongod"].pid
    os.kill(pid, signal.SIGSTOP)

    codes = await asyncio.gather(relay.terminate(), consumer.terminate())

    os.kill(pid, signal.SIGCONT)
    await stage.start("relay")
    await stage.start("consumer")
    await eventually(stage.all_applied_once, within=25)
    assert codes == [0, 0]


async def test_a_command_cut_off_while_the_database_hangs_does_not_wait_for_it(stage: Stage) -> None:
    entered = asyncio.Event()

    async def linger(work: Work) -> None:
        await work.collection("accounts").insert_one({"_id": "unfinished"})
        entered.set()
        await asyncio.Event().wait()

    command = asyncio.create_task(stage.toy.commands("maker").run_as(ACTOR, linger))
    await entered.wait()
    pid = stage.mongod.processes["mongod"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        command.cancel()
        done, _ = await asyncio.wait([command], timeout=10)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert done
    assert await stage.toy.database["accounts"].find_one({"_id": "unfinished"}) is None


async def _keep_committing(stage: Stage, enough: asyncio.Event) -> None:
    """Open accounts until it is enough. While the database is away nobody knows what was committed but the database."""
    while not enough.is_set():
        with suppress(PyMongoError, Busy):
            await stage.toy.open_accounts(20)
        await asyncio.sleep(0.02)


async def _some_applied(stage: Stage) -> bool:
    return await stage.toy.database["applied"].count_documents({}, limit=100) == 100
