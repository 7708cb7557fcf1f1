"""The gateway as a process of its own, over stub subgraphs that really speak HTTP."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from huijia_local.ports import free_ports

from tests.gateway.stub import FIXTURES, subgraphs
from tests.gateway.world import World
from tests.support.waiting import eventually

ISSUER, AUDIENCE = "https://issuer.test", "huijia"


@dataclass
class Subgraphs:
    """Stub subgraphs on loopback. `faults` change how one behaves: hang, die, error or garbage."""

    port: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[str] = field(default_factory=list)
    cache_control: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World()
        self._stubs = subgraphs(self.world)

    def reset(self) -> None:
        self.world.restore()
        self.faults.clear()
        self.headers.clear()
        self.calls.clear()
        self.cache_control.clear()
        self.arrived.clear()
        self.released.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.calls.append(name)
        self.headers.append({key.lower(): value for key, value in request.headers.items()})
        self.arrived.set()
        match self.faults.get(name):
            case "hang":
                await asyncio.wait_for(self.released.wait(), 20)
            case "die":
                assert request.transport is not None
                request.transport.close()
            case "error":
                return web.Response(status=500, text="out of order")
            case "unavailable":
                return web.Response(status=503, text="later")
            case "garbage":
                return web.Response(text='{"data": [')
        hint = {"cache-control": self.cache_control[name]} if name in self.cache_control else {}
        return web.json_response(self._stubs[name].answer(await request.json()), headers=hint)


@dataclass
class GatewayProcess:
    url: str
    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession
    subgraphs: Subgraphs
    key: Ed25519PrivateKey
    supergraph: Path

    async def post(self, query: str, headers: dict[str, str] | None = None, **more: Any) -> tuple[int, Any]:
        body = BytesIO(json.dumps({"query": query, **more}).encode())
        headers = {"content-type": "application/json", **(headers or {})}
        async with self.session.post(f"{self.url}/graphql", data=body, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    def token(self, **claims: Any) -> str:
        now = datetime.now(UTC)
        whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "s", "iat": now, "exp": now + timedelta(hours=1), **claims}
        return jwt.encode(whole, self.key, "EdDSA", headers={"kid": "k1"})


@asynccontextmanager
async def running_gateway(folder: Path, *, graph: str | None = None, **settings: str) -> AsyncIterator[GatewayProcess]:
    """Over the stub subgraphs, or over what the supergraph file `graph` says."""
    stubs = Subgraphs()
    application = web.Application(client_max_size=2**24)
    application.router.add_post("/{name}", stubs.answer)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    stubs.port, port = free_ports(2)
    await web.TCPSite(runner, "127.0.0.1", stubs.port).start()
    key = Ed25519PrivateKey.generate()
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**jwk, "kid": "k1", "use": "sig", "alg": "EdDSA"}]}))
    urls = {name: f"http://127.0.0.1:{stubs.port}/{name}" for name in ("people", "work", "marks")}
    env = {
        **os.environ,
        "HUIJIA_SUBGRAPH_URLS": json.dumps(urls),
        "HUIJIA_ISSUER": ISSUER,
        "HUIJIA_AUDIENCE": AUDIENCE,
        "HUIJIA_JWKS": str(jwks),
        "HUIJIA_SUBGRAPH_TIMEOUT_SECONDS": "1",
        "HUIJIA_ANONYMOUS_REQUESTS_PER_SECOND": "0",
        **settings,
    }
    supergraph = folder / "supergraph.graphql"
    supergraph.write_text(graph or (FIXTURES / "supergraph.graphql").read_text())
    arguments = ["-m", "gateway", "--supergraph", str(supergraph), "--port", str(port)]
    with (folder / "gateway.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=env, stdout=log, stderr=log)
    async with aiohttp.ClientSession() as session:
        gateway = GatewayProcess(f"http://127.0.0.1:{port}", process, session, stubs, key, supergraph)
        try:
            await eventually(lambda: is_ready(gateway), within=60, message="the gateway is ready")
            yield gateway
        finally:
            stubs.released.set()
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)
            await runner.cleanup()


async def is_ready(gateway: GatewayProcess) -> bool:
    try:
        async with gateway.session.get(f"{gateway.url}/readyz") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


@pytest.fixture(scope="session")
async def gateway_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    async with running_gateway(tmp_path_factory.mktemp("gateway")) as gateway:
        yield gateway


@pytest.fixture
async def gateway(gateway_process: GatewayProcess) -> GatewayProcess:
    gateway_process.subgraphs.reset()
    return gateway_process
