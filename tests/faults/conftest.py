"""The toy with servers of its own, which may be killed, and its relays and consumers as processes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest_asyncio
from huijia_local.mongod import Mongod
from huijia_local.rabbitmq import RabbitMQ
from servicekit.bus.broker import Broker
from servicekit.bus.topology import Topology
from servicekit.storage.mongo import connect, open_database

from tests.contracts.toy import Toy


@dataclass
class Child:
    """A process running tests.faults.child."""

    process: asyncio.subprocess.Process

    async def says(self, line: str) -> None:
        """Return when it told this; fail when it ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while told := await self.process.stdout.readline():
                if told.decode().strip() == line:
                    return
        raise AssertionError(f"the process ended before it said {line!r}")

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def terminate(self) -> int:
        """SIGTERM; its exit code, within 20 seconds."""
        self.process.terminate()
        async with asyncio.timeout(20):
            return await self.process.wait()


@dataclass
class Stage:
    toy: Toy
    mongod: Mongod
    rabbitmq: RabbitMQ
    _children: list[Child] = field(default_factory=list)

    async def start(self, role: str, hang_at: str = "nowhere") -> Child:
        """A relay or a consumer at work."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.child", role, hang_at),
            env={
                **os.environ,
                "MONGODB_URI": self.mongod.url,
                "AMQP_URL": self.rabbitmq.url,
                "NAMESPACE": self.toy.topology.namespace,
            },
            stdout=asyncio.subprocess.PIPE,
        )
        child = Child(process)
        self._children.append(child)
        await child.says("ready")
        return child

    async def all_applied_once(self) -> bool:
        """Whether every committed account has its copy; fails if an event had its effect twice."""
        accounts = {account["_id"] async for account in self.toy.database["accounts"].find({}, {"_id": 1})}
        notes = [note["event"] for note in await self.toy.applied()]
        assert len(notes) == len(set(notes)), "an effect happened twice"
        return set(await self.toy.kept()) == accounts and len(notes) == len(accounts) and await self.toy.pending() == 0

    async def end(self) -> None:
        for child in self._children:
            if child.process.returncode is None:
                await child.kill()


@pytest_asyncio.fixture
async def stage(own_mongod: Mongod, own_rabbitmq: RabbitMQ, namespace: str) -> AsyncIterator[Stage]:
    client = connect(own_mongod.url)
    broker = await Broker.connect(own_rabbitmq.url, name="fault test")
    # A killed process leaves its transaction open for so long; by default it is a minute.
    await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=3)
    toy = Toy(open_database(client, namespace), broker, Topology(namespace))
    await toy.prepare()
    stage = Stage(toy, own_mongod, own_rabbitmq)
    yield stage
    await stage.end()
    await toy.remove()
    await broker.close()
    await client.close()
