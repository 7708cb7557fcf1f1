"""The real application over a real MongoDB, emptied before each test (its indexes take longer than most tests)."""

import base64
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from fastapi import FastAPI
from registration.app import SERVICE
from registration.settings import RegistrationSettings
from servicekit.runtime.application import build_app
from servicekit.storage.mongo import Database

from tests.registration.town import AUDIENCE, ISSUER, Api, Town, key_set
from tests.support.waiting import eventually


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    keys = {"active": "k1", "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()}}
    (folder / "data-keys.json").write_bytes(orjson.dumps(keys))
    (folder / "blind-index.key").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    (folder / "jwks.json").write_bytes(orjson.dumps(key_set()))
    return folder


@pytest_asyncio.fixture(scope="session")
async def running_app(mongodb_uri: str, key_folder: Path) -> AsyncIterator[FastAPI]:
    settings = RegistrationSettings(
        role="api",
        mongodb_uri=mongodb_uri,
        amqp_url="amqp://not-used",
        database=f"test_{secrets.token_hex(6)}",
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks=str(key_folder / "jwks.json"),
        data_keys=key_folder / "data-keys.json",
        blind_index_key=key_folder / "blind-index.key",
        certificate_url="https://huijia.test/certificate/",
    )
    app = build_app(SERVICE, settings)
    async with app.router.lifespan_context(app):
        running = app.state.running
        await eventually(running.worker.checks()["indexes"], message="indexes")
        yield app
        await running.client.drop_database(running.database.name)


@pytest_asyncio.fixture
async def app(running_app: FastAPI) -> FastAPI:
    database = running_app.state.running.database
    for name in await database.list_collection_names():
        await database[name].delete_many({})
    return running_app


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.running.database
    return found


@pytest_asyncio.fixture
async def town(app: FastAPI) -> Town:
    town = Town(Api(app))
    await town.import_divisions()
    return town
