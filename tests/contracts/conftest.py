"""The toy services on a real mongod and a real RabbitMQ."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog
from pymongo import AsyncMongoClient
from servicekit.bus.broker import Broker
from servicekit.bus.topology import Topology
from servicekit.storage.mongo import open_database

from tests.contracts.toy import Toy
from tests.support.servers import Document


@pytest.fixture(autouse=True, scope="session")
def _plain_logs() -> None:
    processors = [structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer(key_order=["event"])]
    structlog.configure(processors=processors)


@pytest_asyncio.fixture
async def broker(amqp_url: str) -> AsyncIterator[Broker]:
    broker = await Broker.connect(amqp_url, name="contracts")
    yield broker
    await broker.close()


@pytest_asyncio.fixture
async def toy(mongo_client: AsyncMongoClient[Document], broker: Broker, namespace: str) -> AsyncIterator[Toy]:
    """With its collections, indexes and queues."""
    database = open_database(mongo_client, namespace)
    toy = Toy(database, broker, Topology(namespace, retry_seconds=(0.05, 0.1, 0.2)))
    await toy.prepare()
    yield toy
    await toy.remove()
    await mongo_client.drop_database(namespace)
