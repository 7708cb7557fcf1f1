"""A relay or a consumer of the toy as a process of its own: `python -m tests.faults.child ROLE HANG_AT`.

It tells its state by lines on stdout: `ready`, and `in hand` when it reached the point HANG_AT, where it stays until it
is killed. SIGTERM stops it gracefully.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from servicekit.bus.broker import Broker
from servicekit.bus.lane import Lane
from servicekit.bus.messages import Delivery
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.events import Fact
from servicekit.storage.mongo import Document, connect, open_database
from servicekit.storage.outbox import Lease
from servicekit.storage.work import Work

from tests.contracts.toy import Copies, Part, Snapshot, Toy

LEASE_SECONDS = 1.0


async def hang() -> None:
    tell("in hand")
    await asyncio.Event().wait()


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def hang_between_publish_and_mark() -> None:
    async def mark(_self: Relay, _lease: Lease, _rows: list[Document]) -> None:
        await hang()

    Relay.mark = mark  # type: ignore[method-assign]


def hang_between_effects_and_commit() -> None:
    keep = Copies.keep

    async def keep_and_hang(self: Copies, work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
        await keep(self, work, facts)
        await hang()

    Copies.keep = keep_and_hang  # type: ignore[method-assign]


def hang_between_commit_and_ack() -> None:
    handle = Lane.handle

    async def handle_and_hang(self: Lane, deliveries: Sequence[Delivery], stop: asyncio.Event) -> None:
        await handle(self, deliveries, stop)
        await hang()

    Lane.handle = handle_and_hang  # type: ignore[method-assign]


POINTS = {
    "nowhere": lambda: None,
    "between-publish-and-mark": hang_between_publish_and_mark,
    "between-effects-and-commit": hang_between_effects_and_commit,
    "between-commit-and-ack": hang_between_commit_and_ack,
}


async def main(role: str, hang_at: str) -> None:
    POINTS[hang_at]()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = connect(os.environ["MONGODB_URI"])
    broker = await Broker.connect(os.environ["AMQP_URL"], name=f"fault test {role}")
    namespace = os.environ["NAMESPACE"]
    toy = Toy(open_database(client, namespace), broker, Topology(namespace))
    part: Part = toy.relay(batch=50, lease_seconds=LEASE_SECONDS) if role == "relay" else toy.consumer(batch=50)
    tell("ready")
    await part.run(stop)
    await broker.close()
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
