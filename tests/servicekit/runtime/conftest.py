import secrets
from collections.abc import AsyncIterator

import aio_pika
import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from servicekit.bus.topology import Topology

from tests.servicekit.security.issuing import AUDIENCE, ISSUER, Issuer


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest_asyncio.fixture(scope="module")
async def api(
    issuer: Issuer, tmp_path_factory: pytest.TempPathFactory, mongodb_uri: str
) -> AsyncIterator[dict[str, str]]:
    """Settings of a process that only answers: it needs no broker."""
    name = f"test_{secrets.token_hex(6)}"
    yield {
        "role": "api",
        "mongodb_uri": mongodb_uri,
        "amqp_url": "amqp://nowhere.invalid/",
        "database": name,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "jwks": issuer.write(tmp_path_factory.mktemp("keys") / "jwks.json"),
    }
    async with AsyncMongoClient[dict[str, object]](mongodb_uri) as client:
        await client.drop_database(name)


@pytest_asyncio.fixture
async def both(api: dict[str, str], amqp_url: str, namespace: str) -> AsyncIterator[dict[str, str]]:
    """Settings of a process that answers and works, on lane 350802."""
    yield {**api, "role": "both", "amqp_url": amqp_url, "namespace": namespace, "lanes": "350802"}
    topology = Topology(namespace)
    queues = [topology.dead("library"), topology.lane_queue("library", "350802")]
    queues += [topology.retry("library", tier) for tier in range(len(topology.retry_seconds))]
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for queue in queues:
            await channel.queue_delete(queue)
