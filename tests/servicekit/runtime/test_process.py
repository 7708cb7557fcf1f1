"""How a service's process starts, says how it is, and stops."""

import asyncio
import secrets
import time
from base64 import b64encode
from pathlib import Path

import orjson
from huijia_local.mongod import Mongod
from pymongo import AsyncMongoClient

from tests.servicekit.runtime.processes import running, start
from tests.support.waiting import eventually


async def test_a_process_says_which_settings_are_missing():
    process = await start(mongodb_uri="mongodb://127.0.0.1/", issuer="i")

    _, stderr = await process.communicate()

    assert process.returncode == 2
    lines = stderr.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["HUIJIA_AMQP_URL", "HUIJIA_AUDIENCE", "HUIJIA_JWKS"]


async def test_a_wrong_setting_is_named_and_its_value_kept_back(api: dict[str, str]):
    process = await start(**{**api, "role": "emperor-with-password"})

    _, stderr = await process.communicate()

    assert process.returncode == 2
    assert stderr.startswith(b"HUIJIA_ROLE: ")
    assert b"password" not in stderr


async def test_a_process_with_no_keys_in_its_files_says_which_settings_and_what_belongs_there(
    api: dict[str, str], tmp_path: Path
):
    process = await start(**api, **keys(tmp_path, active="k2"))

    _, stderr = await process.communicate()

    assert process.returncode == 2
    assert stderr.startswith(b"HUIJIA_DATA_KEYS, HUIJIA_BLIND_INDEX_KEY: ValueError: the active data key is not")
    assert b"Traceback" not in stderr


async def test_a_process_with_other_keys_than_its_database_ends_before_it_is_ready(api: dict[str, str], tmp_path: Path):
    async with running(**api, **keys(tmp_path)):
        pass

    process = await start(**api, **keys(tmp_path), port="0")
    _, stderr = await process.communicate()

    log = [orjson.loads(line) for line in stderr.splitlines()]
    (wrong,) = [line for line in log if line["event"] == "keys.wrong"]
    assert process.returncode == 1
    assert wrong["keys"] == ["blind index", "data key k1"]
    assert "put back the key files" in wrong["next"]


def keys(folder: Path, active: str = "k1") -> dict[str, str]:
    """Settings of keys that were never there before."""
    data_keys, index = folder / "data-keys.json", folder / "blind-index.key"
    fresh = [b64encode(secrets.token_bytes(32)).decode() for _ in range(2)]
    data_keys.write_bytes(orjson.dumps({"active": active, "keys": {"k1": fresh[0]}}))
    index.write_text(fresh[1])
    return {"data_keys": str(data_keys), "blind_index_key": str(index)}


async def test_the_schema_is_printed_without_any_setting():
    process = await start("schema")

    stdout, _ = await process.communicate()

    assert process.returncode == 0
    assert b"slow(seconds: Float!): String!" in stdout


async def test_dead_letters_are_listed_and_replayed_by_command(both: dict[str, str]):
    async with running(**both):
        listing = await start("dead-letters", "list", **both)
        listed, _ = await listing.communicate()
        replaying = await start("dead-letters", "replay", **both)
        replayed, _ = await replaying.communicate()

    assert (listing.returncode, listed) == (0, b"No dead letters.\n")
    assert (replaying.returncode, replayed) == (0, b"0 replayed.\n")


async def test_a_ready_process_has_its_indexes_and_its_broker(both: dict[str, str]):
    async with running(**both) as library:
        _, body = await library.get("/readyz")

    ready = {"serving": True, "mongodb": True, "indexes": True, "data": True, "broker": True}
    assert orjson.loads(body)["checks"] == ready
    async with AsyncMongoClient[dict[str, object]](both["mongodb_uri"]) as client:
        assert "by_shelf" in await client[both["database"]]["books"].index_information()
        assert "outbox" in await client[both["database"]].list_collection_names()


async def test_a_process_that_must_not_work_on_what_is_stored_says_what_to_do_and_waits_for_it(both: dict[str, str]):
    async with AsyncMongoClient[dict[str, object]](both["mongodb_uri"]) as client:
        bricks = client[both["database"]]["bricks"]
        await bricks.insert_one({})
        async with running(**both, wait_ready=False) as library:
            await eventually(lambda: _checks(library, indexes=True, data=False, broker=False))
            status, refused, _ = await library.ask("{ language }")
            await bricks.drop()
            await eventually(library.is_ready)
            answered, _, _ = await library.ask("{ language }")
            library.terminate()
            _, log = await library.end()

    events = [line["event"] for line in log]
    assert (status, refused["errors"][0]["extensions"]["code"], answered) == (503, "NOT_READY", 200)
    assert [line["next"] for line in log if line["event"] == "data.unfit"] == ["take the brick out"]
    assert events.index("data.unfit") < events.index("worker.started")


async def test_indexes_are_made_by_command_before_a_process_runs(api: dict[str, str]):
    process = await start("indexes", **api)
    said, _ = await process.communicate()

    assert process.returncode == 0
    assert said.endswith(b"0 indexes left over\n")
    async with AsyncMongoClient[dict[str, object]](api["mongodb_uri"]) as client:
        assert "by_shelf" in await client[api["database"]]["books"].index_information()


async def test_a_process_without_its_broker_lives_but_is_not_ready(both: dict[str, str]):
    async with running(**{**both, "amqp_url": "amqp://127.0.0.1:1/"}, wait_ready=False) as library:
        await eventually(lambda: _checks(library, broker=False, mongodb=True))
        status, _ = await library.get("/readyz")
        library.terminate()
        code, _ = await library.end()

    assert status == 503
    assert code == 0


async def test_a_process_waits_for_a_database_that_is_away(api: dict[str, str], own_mongod: Mongod):
    settings = {**api, "mongodb_uri": own_mongod.url}
    await asyncio.to_thread(own_mongod.kill)

    async with running(**settings, wait_ready=False) as library:
        await eventually(lambda: _checks(library, mongodb=False, indexes=False))
        await asyncio.to_thread(own_mongod.start)
        await eventually(library.is_ready, within=30)


async def test_a_process_that_starts_while_the_primary_steps_down_makes_its_indexes_again(
    api: dict[str, str], obedient_mongod: Mongod
):
    steps_down = {"code": 189, "errmsg": "Primary stepped down while waiting for replication"}
    async with AsyncMongoClient[dict[str, object]](obedient_mongod.url) as client:
        await client.admin.command(
            {
                "configureFailPoint": "failCommand",
                "mode": {"times": 1},
                "data": {"failCommands": ["createIndexes"], "writeConcernError": steps_down},
            }
        )
        async with running(**{**api, "mongodb_uri": obedient_mongod.url}) as library:
            library.terminate()
            _, log = await library.end()

    assert [line["error"] for line in log if line["event"] == "mongodb.away"] == ["WriteConcernError"]


async def test_an_index_that_can_not_be_made_ends_the_process_with_the_reason(api: dict[str, str]):
    name = f"{api['database']}_conflict"
    async with AsyncMongoClient[dict[str, object]](api["mongodb_uri"]) as client:
        await client[name]["books"].create_index([("shelf", -1)], name="by_shelf")
        try:
            process = await start(**{**api, "database": name, "port": "0"})
            _, stderr = await process.communicate()
        finally:
            await client.drop_database(name)

    (failed,) = [line for line in map(orjson.loads, stderr.splitlines()) if line["event"] == "worker.failed"]
    assert "by_shelf" in failed["exception"]
    assert process.returncode == 1


async def test_sigterm_lets_a_request_finish_and_takes_no_new_one(both: dict[str, str]):
    async with running(**both) as library:
        asked = asyncio.create_task(library.ask("{ slow(seconds: 1.5) }"))
        await eventually(lambda: _in_flight(library))
        library.terminate()
        status, body, _ = await asked
        code, log = await library.end()

    assert (status, body) == (200, {"data": {"slow": "done"}})
    assert code == 0
    assert [line["event"] for line in log][-2:] == ["service.stopping", "service.stopped"]
    assert not await library_answers(library)


async def test_sigterm_ends_the_process_within_the_grace_period(api: dict[str, str]):
    async with running(**api, grace_seconds="1") as library:
        asked = asyncio.create_task(library.ask("{ slow(seconds: 60) }"))
        await eventually(lambda: _in_flight(library))
        library.terminate()
        began = time.monotonic()
        await library.end()
        took = time.monotonic() - began
        await asyncio.gather(asked, return_exceptions=True)

    assert took < 30


async def _checks(library, **expected: bool) -> bool:
    _, body = await library.get("/readyz")
    state = orjson.loads(body)["checks"]
    return all(state[name] is value for name, value in expected.items())


async def _in_flight(library) -> bool:
    _, body = await library.get("/metrics")
    return b'huijia_graphql_in_flight{service="library"} 1.0' in body


async def library_answers(library) -> bool:
    try:
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection("127.0.0.1", int(library.address.rsplit(":", 1)[1]))
    except OSError:
        return False
    writer.close()
    return True
