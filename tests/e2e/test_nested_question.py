"""The question of the mission, asked once, costs the same for two rows and for twenty."""

import re
from collections import Counter
from pathlib import Path

import aiohttp
from huijia_demo.figures import MEASURED_YEAR
from huijia_demo.play.endpoint import Json
from huijia_local.city import MODULES

from tests.e2e.conftest import BOOKKEEPING, Town

NESTED = Path("deploy/demo/queries/nested.graphql").read_text()
SUBREQUESTS = re.compile(r'^gateway_subrequest_seconds_count\{subgraph="(?P<subgraph>[^"]+)"\} (?P<count>\S+)', re.M)
# What a service looks at by itself, every few seconds.
BY_ITSELF = [*BOOKKEEPING, "audit", "drifts", "counted_by"]
READS = ("find", "aggregate", "getMore", "count", "distinct")


async def test_one_request_answers_what_all_three_services_know_of_a_countys_members(town: Town) -> None:
    county = await _ask(town, rows=20)

    communities = county["communities"]["nodes"]
    members = [member for community in communities for member in community["members"]["nodes"]]
    assert county["name"] == "新罗区"
    assert len(communities) == 20
    assert len(members) == 20
    assert all(member["unit"]["name"] for member in members)
    assert all(member["standing"]["services"] >= 2 for member in members)
    assert all(member["services"]["nodes"] for member in members)
    assert any(claim["offer"]["title"] for member in members for claim in member["claims"]["nodes"])


async def test_subgraph_calls_do_not_grow_with_the_rows(town: Town) -> None:
    few = await _subgraph_calls(town, rows=2)
    many = await _subgraph_calls(town, rows=20)

    assert set(few) == set(MODULES)
    assert many == few


async def test_database_commands_do_not_grow_with_the_rows(town: Town) -> None:
    few = await _database_reads(town, rows=2)
    many = await _database_reads(town, rows=20)

    assert sum(few.values()) > 0
    assert many == few


async def _ask(town: Town, rows: int) -> Json:
    """So many communities at most, and so many members of each."""
    sizes = {"communities": rows, "members": rows}
    answer = await town.endpoint.ask(NESTED, town.badges.city(), county="350802", year=MEASURED_YEAR, **sizes)
    county: Json = answer["division"]
    return county


async def _subgraph_calls(town: Town, rows: int) -> Counter[str]:
    before = await _gateway_counts(town)
    await _ask(town, rows)
    return await _gateway_counts(town) - before


async def _gateway_counts(town: Town) -> Counter[str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(town.endpoint.url.replace("/graphql", "/metrics")) as answer,
    ):
        text = await answer.text()
    return Counter({found["subgraph"]: int(float(found["count"])) for found in SUBREQUESTS.finditer(text)})


async def _database_reads(town: Town, rows: int) -> Counter[str]:
    """Reads by service and collection, as MongoDB's profiler saw them; without what is read by itself.

    A question has no transaction, and what a timer's run reads is in one.
    """
    reads: Counter[str] = Counter()
    databases = {service: town.mongo[f"{service}-{town.local.world}"] for service in MODULES}
    for database in databases.values():
        await database["system.profile"].drop()
        await database.command("profile", 2)
    await _ask(town, rows)
    for service, database in databases.items():
        await database.command("profile", 0)
        asked = {"ns": {"$not": re.compile(r"\.system\.")}, "command.txnNumber": {"$exists": False}}
        async for seen in database["system.profile"].find(asked):
            collection = seen["ns"].split(".", 1)[1]
            if collection not in BY_ITSELF and any(name in seen["command"] for name in READS):
                reads[f"{service}.{collection}"] += 1
    return reads
