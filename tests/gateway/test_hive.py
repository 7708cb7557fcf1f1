"""Hive Gateway on the city's supergraph answers like our gateway. Skipped where it isn't installed."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from huijia_local.ports import free_ports

from tests.gateway.city import CONFIG, DOCUMENT, OPERATIONS, SUPERGRAPH, VARIABLES, City
from tests.load import gateway_hive
from tests.support.waiting import eventually

pytestmark = pytest.mark.skipif(not gateway_hive.is_installed(), reason=gateway_hive.MISSING)
CITY = City()


@dataclass
class Hive:
    url: str
    session: aiohttp.ClientSession

    async def ask(self, query: str, variables: Mapping[str, Any], operation: str | None = None) -> Any:
        request = {"query": query, "variables": dict(variables), "operationName": operation}
        async with self.session.post(self.url, json=request) as response:
            return await response.json(content_type=None)


@pytest.fixture(scope="module")
async def hive(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hive]:
    folder = tmp_path_factory.mktemp("hive")
    runner, (port, stubs) = await _subgraphs(), free_ports(2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", stubs).start()
    arguments = gateway_hive.command(_supergraph(folder, stubs), port)
    with (folder / "hive.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *arguments, env=gateway_hive.environment(), stdout=log, stderr=log
        )
    async with aiohttp.ClientSession() as session:
        hive = Hive(f"http://127.0.0.1:{port}/graphql", session)
        try:
            await eventually(lambda: _answers(hive), within=60, message="Hive Gateway answers", every=0.2)
            yield hive
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 30)
            await runner.cleanup()


async def _subgraphs() -> web.AppRunner:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(CITY.answer(request.match_info["name"], await request.json()))

    application = web.Application()
    application.router.add_post("/{name}", answer)
    return web.AppRunner(application, shutdown_timeout=1)


def _supergraph(folder: Path, port: int) -> Path:
    text = SUPERGRAPH.read_text(encoding="utf-8")
    for one in json.loads(CONFIG.read_text(encoding="utf-8")):
        text = text.replace(one["url"], f"http://127.0.0.1:{port}/{one['name']}")
    file = folder / "supergraph.graphql"
    file.write_text(text, encoding="utf-8")
    return file


async def _answers(hive: Hive) -> bool:
    try:
        return bool((await hive.ask("{ __typename }", {}))["data"])
    except (aiohttp.ClientError, TypeError, KeyError, ValueError):
        return False


@pytest.mark.parametrize("name", OPERATIONS)
async def test_hive_gateway_answers_the_same_operations_like_ours(hive: Hive, name: str) -> None:
    theirs = await hive.ask(DOCUMENT, VARIABLES, name)

    assert theirs == await CITY.ask(DOCUMENT, VARIABLES, name)
