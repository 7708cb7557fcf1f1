"""The nested question: the gateway's answer against the subgraph fetches that it is made of, sent directly.

One county, its communities, 100 members of each with their unit, claims, services and standing. The ratio is what the
gateway costs on top of its subgraphs: 1.0 would be nothing.
"""

import asyncio
import json
import os
import shutil
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from gateway.engine import Engine, Request
from gateway.executor.transport import Transport
from gateway.jsontypes import JsonObject
from gateway.settings import Settings
from gateway.supergraph import read_supergraph
from huijia_demo.city import build_city
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint
from huijia_demo.play.scenario import play
from huijia_demo.play.stage import Stage
from huijia_local.city import SUPERGRAPH, City
from rich.console import Console

COUNTY = "350802"
COMMUNITIES, SCALE = 20, 0.02
ROUNDS = 60
FOLDER = Path(".local/bench").absolute()
QUERY = Path("deploy/demo/queries/nested.graphql").read_text()
VARIABLES: JsonObject = {"county": COUNTY, "year": 2017, "communities": COMMUNITIES, "members": 100}


@dataclass(frozen=True)
class Fetch:
    """A request to a subgraph, or to the gateway."""

    url: str
    body: bytes
    headers: Mapping[str, str]


async def measure() -> dict[str, object]:
    """Milliseconds (medians) and the ratio; `rows` is how many members were answered."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    local = City(FOLDER, {**os.environ, "HUIJIA_WORLD": "bench"})
    local.up()
    try:
        badges = Badges(local.keys)
        await _populate(local, badges)
        return await _compare(local, {"authorization": f"Bearer {badges.county(COUNTY)}"})
    finally:
        local.down()


async def _populate(local: City, badges: Badges) -> None:
    async with Endpoint(str(local.gateway_url)) as endpoint:
        stage = Stage(build_city(SCALE), endpoint, badges, Pace(Console(stderr=True)), local.open311_url)
        with stage.pace:
            await play(stage, FOLDER / "rosters")


async def _compare(local: City, headers: Mapping[str, str]) -> dict[str, object]:
    gateway = str(local.gateway_url)
    urls = {server.name: str(server.url) for server in local.servers() if server.name in _SUBGRAPHS}
    question = Fetch(gateway, json.dumps({"query": QUERY, "variables": VARIABLES}).encode(), headers)
    async with Transport(urls, Settings()) as transport, aiohttp.ClientSession() as client:
        fetches, answered = await _recorded(transport, urls, headers)
        through: list[float] = []
        direct: list[list[float]] = [[] for _ in fetches]
        for _ in range(ROUNDS):
            through.append(await _timed(client, question))
            for fetch, times in zip(fetches, direct, strict=True):
                times.append(await _timed(client, fetch))
    gateway_ms, sum_ms = statistics.median(through), sum(statistics.median(times) for times in direct)
    return {
        "members": answered,
        "fetches": len(fetches),
        "gateway_p50_ms": round(gateway_ms, 1),
        "sum_of_fetches_p50_ms": round(sum_ms, 1),
        "ratio": round(gateway_ms / sum_ms, 2),
    }


_SUBGRAPHS = ("registration", "service-tracking", "evaluation")


async def _recorded(
    transport: Transport, urls: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[list[Fetch], int]:
    """What the gateway's own engine sends for the question, and how many members it answers."""
    fetches: list[Fetch] = []

    async def post(subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool) -> JsonObject:
        fetches.append(Fetch(urls[subgraph], body, dict(headers)))
        return await transport.post(subgraph, body, headers, repeatable=repeatable)

    engine = Engine(read_supergraph(SUPERGRAPH.read_text()), Settings(), post)
    answer = await engine.execute(engine.prepare(Request(QUERY, None, VARIABLES, headers)))
    if answer.get("errors"):
        raise RuntimeError(f"the question is not answered in full: {json.dumps(answer['errors'])[:500]}")
    return fetches, json.dumps(answer).count('"standing":')


async def _timed(client: aiohttp.ClientSession, fetch: Fetch) -> float:
    """Milliseconds until the whole answer is read."""
    headers = {**fetch.headers, "content-type": "application/json"}
    started = time.perf_counter()
    async with client.post(fetch.url, data=fetch.body, headers=headers) as response:
        response.raise_for_status()
        await response.read()
    return (time.perf_counter() - started) * 1000


def run() -> dict[str, object]:
    return asyncio.run(measure())
