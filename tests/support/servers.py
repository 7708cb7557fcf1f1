"""Real servers for tests: the ones the environment names, else one embedded pair a session."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from huijia_local.mongod import Mongod
from huijia_local.rabbitmq import RabbitMQ
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]


@contextmanager
def running_mongod(kind: type[Mongod] = Mongod) -> Iterator[Mongod]:
    """A mongod of one's own, which may be killed; all its methods block."""
    with tempfile.TemporaryDirectory(prefix="huijia-mongod-") as folder:
        server = kind(Path(folder, "data"), Path(folder, "mongod.log"), cache_gigabytes=0.5)
        try:
            server.start()
            yield server
        finally:
            server.kill()


class ObedientMongod(Mongod):
    """Fails by order: `configureFailPoint`."""

    def _argv(self) -> list[str | Path]:
        return [*super()._argv(), "--setParameter", "enableTestCommands=1"]


@contextmanager
def running_rabbitmq() -> Iterator[RabbitMQ]:
    """A RabbitMQ node of one's own, which may be killed; all its methods block."""
    with tempfile.TemporaryDirectory(prefix="huijia-rabbitmq-") as folder:
        server = RabbitMQ(Path(folder, "home"), Path(folder, "rabbitmq.log"))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    given = os.environ.get("HUIJIA_MONGODB_URI")
    if given:
        yield given
        return
    with running_mongod() as server:
        yield server.url


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    given = os.environ.get("HUIJIA_AMQP_URL")
    if given:
        yield given
        return
    with running_rabbitmq() as server:
        yield server.url


@pytest_asyncio.fixture(scope="session")
async def mongo_client(mongodb_uri: str) -> AsyncIterator[AsyncMongoClient[Document]]:
    async with AsyncMongoClient[Document](mongodb_uri, tz_aware=True, uuidRepresentation="standard") as client:
        yield client


@pytest_asyncio.fixture
async def database(mongo_client: AsyncMongoClient[Document]) -> AsyncIterator[AsyncDatabase[Document]]:
    """A fresh database, dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    yield mongo_client[name]
    await mongo_client.drop_database(name)


@pytest.fixture
def namespace() -> str:
    """A prefix for exchanges and queues that nobody else uses."""
    return f"test-{secrets.token_hex(6)}"


@pytest.fixture(scope="module")
def _module_mongod() -> Iterator[Mongod]:
    with running_mongod() as server:
        yield server


@pytest.fixture(scope="module")
def _module_rabbitmq() -> Iterator[RabbitMQ]:
    with running_rabbitmq() as server:
        yield server


@pytest.fixture
def own_mongod(_module_mongod: Mongod) -> Mongod:
    """A running mongod of this test module only: kill and restart it at will. Its methods block."""
    if not _module_mongod.alive:
        _module_mongod.start()
    return _module_mongod


@pytest.fixture(scope="module")
def obedient_mongod() -> Iterator[Mongod]:
    with running_mongod(ObedientMongod) as server:
        yield server


@pytest.fixture
def own_rabbitmq(_module_rabbitmq: RabbitMQ) -> RabbitMQ:
    """A running RabbitMQ node of this test module only: kill and restart it at will.

    Its methods block (`asyncio.to_thread`).
    """
    if not _module_rabbitmq.alive:
        _module_rabbitmq.start()
    return _module_rabbitmq
