"""A backup under load, a city destroyed, and the way back."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from huijia_demo.bulletin import settled_bulletin
from huijia_demo.city import build_city
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint
from huijia_demo.play.scenario import play
from huijia_demo.play.stage import Stage
from huijia_local.backup import BackupError, back_up, restore
from huijia_local.city import City
from huijia_local.mongod import Mongod
from huijia_local.services import Service
from pymongo import MongoClient
from rich.console import Console

from tests.support.waiting import eventually

SCALE = 0.002


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """With servers of its own: they are to be destroyed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUIJIA_")}
    city = City(tmp_path / "city", env)
    try:
        city.up()
        yield city
    finally:
        city.down()


@pytest.mark.timeout(600)
async def test_a_city_lost_in_the_middle_of_its_work_is_restored_without_drift(city: City, tmp_path: Path) -> None:
    archive, rosters = tmp_path / "backup.zip", tmp_path / "rosters"
    rosters.mkdir()
    scenario, badges = build_city(SCALE), Badges(city.keys)

    def stage(endpoint: Endpoint) -> Stage:
        return Stage(scenario, endpoint, badges, Pace(Console(quiet=True)), city.open311_url)

    async with Endpoint(str(city.gateway_url)) as endpoint:
        playing = asyncio.create_task(play(stage(endpoint), rosters))
        with MongoClient[dict[str, object]](city.mongodb_uri) as client:
            records = client["service-tracking"]["records"]
            await eventually(lambda: asyncio.to_thread(lambda: records.estimated_document_count() > 20), within=240)
        counts = await asyncio.to_thread(back_up, city.mongodb_uri, city.databases, archive)
        assert not playing.done()
        playing.cancel()
        await asyncio.wait([playing])

    await asyncio.to_thread(_destroy, city)
    assert await asyncio.to_thread(city.restore, archive) == {name: count for name, count in counts.items() if count}
    await asyncio.to_thread(city.up)

    async with Endpoint(str(city.gateway_url)) as endpoint:
        again = stage(endpoint)
        await play(again, rosters)
        rows = await settled_bulletin(again)
    assert all(row.equal for row in rows)
    assert await asyncio.to_thread(_verify, city) == 0


def test_a_restore_never_overwrites(own_mongod: Mongod, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    with MongoClient[dict[str, object]](own_mongod.url) as client:
        client["one"]["things"].insert_one({"_id": "a"})
        assert back_up(own_mongod.url, ["one"], archive) == {"one": 1}

        with pytest.raises(BackupError, match=r"one\.things has documents"):
            restore(own_mongod.url, archive)

        client.drop_database("one")
        assert restore(own_mongod.url, archive) == {"one": 1}
        assert client["one"]["things"].find_one() == {"_id": "a"}


def test_what_was_sent_before_the_backup_is_sent_again(own_mongod: Mongod, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    with MongoClient[dict[str, object]](own_mongod.url) as client:
        client["two"]["outbox"].insert_one({"_id": "a", "state": "dispatched", "dispatched_at": 1})
        back_up(own_mongod.url, ["two"], archive)
        client.drop_database("two")

        restore(own_mongod.url, archive)

        assert client["two"]["outbox"].find_one() == {"_id": "a", "state": "pending"}


def test_a_city_that_is_up_is_not_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Alive:
        alive = True

    city = City(tmp_path, {})
    monkeypatch.setattr(City, "servers", lambda _self: [Alive()])

    with pytest.raises(BackupError, match="make down"):
        city.restore(tmp_path / "backup.zip")


def _destroy(city: City) -> None:
    for server in city.servers():
        server.kill()
    city.down()
    shutil.rmtree(city.folder / "mongod")
    shutil.rmtree(city.folder / "rabbitmq")


def _verify(city: City) -> int:
    (evaluation,) = [server for server in city.servers() if isinstance(server, Service) and server.name == "evaluation"]
    return evaluation.run("verify", "--afresh")
