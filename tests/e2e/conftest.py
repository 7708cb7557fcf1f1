"""The whole city on this machine, played once: every answer comes through the public endpoint."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from huijia_demo.bulletin import Row, settled_bulletin
from huijia_demo.city import build_city
from huijia_demo.city.model import City
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint, Json
from huijia_demo.play.problems import Unreachable
from huijia_demo.play.scenario import conclude, play
from huijia_demo.play.stage import Stage
from huijia_local.city import MODULES
from huijia_local.city import City as LocalCity
from huijia_local.services import Service
from pymongo import AsyncMongoClient
from rich.console import Console

from tests.e2e.collector import Collector, collecting

# A small city in which one registered member served too little.
SCALE = 0.0030039
# Mutations whose answers get lost on the way, after they were done; in the order of the play.
LOST_ANSWERS = (
    *("registerUnits", "applyRoster", "rejectRegistration", "receiveCertificates", "placeRegistrations"),
    *("revealPersonalData", "exportPersonalData", "publishPosts", "claimOffers", "reviewClaims", "withdrawClaim"),
    *("recordBeneficiaries", "submitRecords", "confirmByCode", "confirmRecords", "handOverClaim"),
    *("issueServiceCertificate", "openCalendarFeed"),
    *("scheduleActivities", "cancelActivity", "resolveProblems", "completeProjects"),
    *("registerOrgans", "dissolveOrgan", "linkLeaders", "makeAppointments"),
    *("splitCommunity", "splitUnit"),
)
LOST_IN_THE_END = ("fileAppeal", "decideAppeal", "issueStatement", "publishScheme", "freezeBulletin")
Document = dict[str, Any]


class LossyEndpoint(Endpoint):
    """Loses the answer of the first call of a mutation, after the service has done what was asked."""

    def __init__(self, url: str, loses: str) -> None:
        super().__init__(url)
        self._loses = loses

    async def send(self, document: str, token: str | None, variables: Any = None) -> Json:
        answer = await super().send(document, token, variables)
        if f"{self._loses}(" in document:
            raise Unreachable(self.url, TimeoutError("the answer got lost"))
        return answer


@dataclass
class Town:
    """A running city after its play."""

    scenario: City
    local: LocalCity
    settings: dict[str, str]  # of one of the services: where the stores are
    endpoint: Endpoint
    badges: Badges
    stage: Stage
    rows: list[Row]
    rosters: Path
    mongo: AsyncMongoClient[Document]

    async def replay(self, endpoint: Endpoint | None = None) -> Stage:
        """Play the same scenario again from the start."""
        stage = _stage(self.scenario, endpoint or self.endpoint, self.badges, self.local.open311_url)
        await play(stage, self.rosters)
        await conclude(stage)
        return stage

    async def stored(self) -> dict[str, int]:
        """How many documents each service keeps, by collection; the bus's own bookkeeping left out."""
        counts: dict[str, int] = {}
        for service in MODULES:
            database = self.mongo[f"{service}-{self.local.world}"]
            for name in await database.list_collection_names(filter={"name": {"$nin": BOOKKEEPING}}):
                counts[f"{service}.{name}"] = await database[name].count_documents({})
        return counts


BOOKKEEPING = ["inbox", "outbox", "audit_chain", "timers", "system.profile"]


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Gets the spans of the town's processes."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
def local_city(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[LocalCity]:
    folder = tmp_path_factory.mktemp("city")
    city = LocalCity(folder, {**os.environ, "HUIJIA_WORLD": f"e2e-{secrets.token_hex(4)}"})
    try:
        # Only while they start: what runs in this process later must not be told to send spans.
        with pytest.MonkeyPatch.context() as environment:
            for name, value in collector.settings.items():
                environment.setenv(name, value)
            city.up()
        yield city
    finally:
        city.down()


@pytest_asyncio.fixture(scope="session")
async def town(local_city: LocalCity, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Played with answers lost on the way: each time the player starts again from the beginning."""
    scenario = build_city(SCALE)
    rosters = tmp_path_factory.mktemp("rosters")
    badges = Badges(local_city.keys)
    url = str(local_city.gateway_url)
    settings = _settings(local_city)
    for loses in LOST_ANSWERS:
        async with LossyEndpoint(url, loses) as lossy:
            with pytest.raises(Unreachable):
                await play(_stage(scenario, lossy, badges, local_city.open311_url), rosters)
    async with (
        Endpoint(url) as endpoint,
        AsyncMongoClient[Document](settings["HUIJIA_MONGODB_URI"], tz_aware=True) as mongo,
    ):
        stage = _stage(scenario, endpoint, badges, local_city.open311_url)
        await play(stage, rosters)
        rows = await settled_bulletin(stage)
        await _conclude(stage, url)
        yield Town(scenario, local_city, settings, endpoint, badges, stage, rows, rosters, mongo)
        for service in MODULES:
            await mongo.drop_database(f"{service}-{local_city.world}")


async def _conclude(stage: Stage, url: str) -> None:
    """Also with answers lost on the way."""
    for loses in LOST_IN_THE_END:
        async with LossyEndpoint(url, loses) as lossy:
            with pytest.raises(Unreachable):
                await conclude(replace(stage, endpoint=lossy))
    await conclude(stage)


def _stage(scenario: City, endpoint: Endpoint, badges: Badges, open311: str) -> Stage:
    return Stage(scenario, endpoint, badges, Pace(Console(quiet=True)), open311)


def _settings(city: LocalCity) -> dict[str, str]:
    services = [server for stage in city.stages() for server in stage if isinstance(server, Service)]
    return dict(services[0].env)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever generated operations do to the town, they do it last."""
    items.sort(key=lambda item: item.path.name == "test_fuzz.py")
