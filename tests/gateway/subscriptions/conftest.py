"""The news and a gateway over them, once a file; each test ends with no stream left."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.gateway.conftest import GatewayProcess
from tests.gateway.subscriptions.listening import over
from tests.gateway.subscriptions.news import FEED, serving
from tests.support.waiting import eventually


@pytest_asyncio.fixture(scope="module")
async def news() -> AsyncIterator[int]:
    async with serving() as port:
        yield port


@pytest_asyncio.fixture(scope="module", params=["sse", "ws"])
async def either(
    request: pytest.FixtureRequest, news: int, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[GatewayProcess]:
    async with over(news, tmp_path_factory.mktemp("gateway"), request.param) as gateway:
        yield gateway


@pytest_asyncio.fixture(scope="module")
async def gateway(news: int, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    async with over(news, tmp_path_factory.mktemp("gateway"), "sse") as gateway:
        yield gateway


@pytest.fixture(autouse=True)
async def _quiet() -> AsyncIterator[None]:
    yield
    FEED.put("end")
    await eventually(lambda: not FEED.open, message="every stream of the subgraph is closed")
    FEED.headers.clear()
