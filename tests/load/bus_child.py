"""The processes of the bus benchmark: `python -m tests.load.bus_child ROLE COUNT`, on uvloop as in production.

Each says `ready`, begins at the next line on stdin, and says the seconds it took (`raw`) or works until it is killed.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence

import aio_pika
import structlog
import uvloop
from pydantic import BaseModel
from servicekit.bus.apply import Consumes
from servicekit.bus.broker import Broker
from servicekit.bus.consumer import Consumer
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.domain import SystemClock, new_id
from servicekit.events import CONTENT_TYPE, Fact
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database, connect, open_database
from servicekit.storage.work import Work

LANES = tuple(f"35080{number}" for number in range(2, 9))
BODY_BYTES = 600
WINDOW = 500
MAKER, TAKER = "maker", "taker"


class Snapshot(BaseModel):
    balance: int


async def keep(work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
    await work.keep_newest(
        "copies", [{"_id": fact.subject, "version": fact.version, "balance": fact.data.balance} for fact in facts]
    )


def topology() -> Topology:
    return Topology(os.environ["NAMESPACE"])


def database() -> Database:
    return open_database(connect(os.environ["MONGODB_URI"]), os.environ["NAMESPACE"])


def consumer(broker: Broker) -> Consumer:
    commands = Commands(database(), source=TAKER, clock=SystemClock())
    consumed = [Consumes(MAKER, ("account-opened",), Snapshot, keep)]
    return Consumer(TAKER, commands, broker, topology(), consumed, LANES)


async def raw(count: int) -> None:
    """aio-pika's own confirmed publishing, as fast as one process does it."""
    connection = await aio_pika.connect(os.environ["AMQP_URL"])
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await channel.get_exchange(topology().events)
    body = b"x" * BODY_BYTES

    async def publish() -> None:
        message = aio_pika.Message(
            body, content_type=CONTENT_TYPE, message_id=new_id(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        await exchange.publish(message, f"{LANES[0]}.{MAKER}.raw", mandatory=True)

    await _began()
    began = time.perf_counter()
    for _ in range(count // WINDOW):
        await asyncio.gather(*(publish() for _ in range(WINDOW)))
    _tell(str(time.perf_counter() - began))
    await connection.close()


async def relay(_count: int) -> None:
    broker = await Broker.connect(os.environ["AMQP_URL"], name="bench relay")
    await _began()
    await Relay(database(), broker, topology(), source=MAKER).run(asyncio.Event())


async def consume(_count: int) -> None:
    broker = await Broker.connect(os.environ["AMQP_URL"], name="bench consumer")
    await _began()
    await consumer(broker).run(asyncio.Event())


async def _began() -> None:
    _tell("ready")
    await asyncio.to_thread(sys.stdin.readline)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    uvloop.run({"raw": raw, "relay": relay, "consumer": consume}[sys.argv[1]](int(sys.argv[2])))
