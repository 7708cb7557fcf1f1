"""Reading figures from a ledger, and from one of ten times the facts: they come from cells, so the ratio is near 1.

The bulletin of the city, and the score of one community explained down to a page of facts. (A residual list goes
through the community's members: it is shown beside.) The ledger is written by the books' own code, a county at a time.
HUIJIA_BENCH_LEDGER=1 is the size of the published city.
"""

import asyncio
import os
import random
import secrets
import statistics
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from evaluation.api.schema import subgraph
from evaluation.domain.books import recount
from evaluation.domain.contributions import CellKey, Counts, add_cells
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.schemes import Item, Level, Scheme
from evaluation.storage import ledger, standings
from evaluation.storage.collections import CELLS, COLLECTIONS, LEDGER, SCHEMES, STANDINGS
from rich.console import Console
from rich.progress import track
from servicekit.domain import SystemClock
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, connect, open_database
from servicekit.storage.work import Work

from tests.support.servers import running_mongod

SCALE = float(os.environ.get("HUIJIA_BENCH_LEDGER", "0.02"))
MEMBERS, SERVICES_EACH = 37_466, 9
LANES = ("350802", "350803", "350821", "350823", "350824", "350825", "350881")
COMMUNITIES = 19
ELSEWHERE_EVERY = 100
ROUNDS = 40
SEED = 5
CITY = Principal("bench", (Grant(Role.CITY_ADMIN, "350800"),))
BULLETIN = '{ bulletin(division: "350800", year: 2017) { rows { figure value numerator denominator rule } } }'
SCORE = """{ score(division: "350802001001", year: 2017) { total items { weight points value { value rule
    facts(first: 20) { nodes { id } pageInfo { endCursor } } } } } }"""
RESIDUAL = '{ residual(id: service_rate, division: "350802001001", year: 2017) { nodes { id } } }'
QUERIES = {"bulletin": BULLETIN, "score": SCORE, "residual list": RESIDUAL}
COUNTED = ("bulletin", "score")
ITEMS = {"service_rate": 60, "post_claims": 20, "person_visits": 20}


def run() -> dict[str, object]:
    """Milliseconds (medians) at both sizes, and the greater of the two ratios."""
    given = os.environ.get("HUIJIA_MONGODB_URI")
    with nullcontext() if given else running_mongod() as mongod:
        return asyncio.run(_measure(given or mongod.url))


async def _measure(uri: str) -> dict[str, object]:
    answers: dict[str, object] = {}
    taken: dict[str, list[float]] = {name: [] for name in QUERIES}
    for times in (1, 10):
        async with connect(uri) as client:
            database = open_database(client, f"bench-{secrets.token_hex(4)}")
            try:
                answers[f"facts at {times}x"] = await _stock(database, times)
                for name, query in QUERIES.items():
                    taken[name].append(await _milliseconds(database, query))
                    answers[f"{name} at {times}x, ms"] = round(taken[name][-1], 2)
            finally:
                await client.drop_database(database.name)
    answers["ratio"] = round(max(taken[name][1] / taken[name][0] for name in COUNTED), 2)
    return answers


async def _milliseconds(database: Database, query: str) -> float:
    served, seconds = subgraph(), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = await served.execute(query, context=Context(policy=served.policy, principal=CITY, database=database))
        seconds.append(time.perf_counter() - started)
        if "errors" in answer:
            raise AssertionError(answer["errors"])
    return statistics.median(seconds) * 1_000


async def _stock(database: Database, times: int) -> int:
    """Facts of so many cities, their standings and cells; how many facts."""
    await ensure_indexes(database, COLLECTIONS)
    cells: dict[CellKey, Counts] = {}
    facts = 0
    for lane in track(LANES, f"Ledger at {times}x", console=Console(stderr=True)):
        told = list(_county(lane, round(MEMBERS * SCALE * times / len(LANES))))
        counted = recount(told)
        facts += len(told)
        add_cells(cells, counted.cells)
        await database[LEDGER].insert_many([ledger.document_of(fact) for fact in told], ordered=False)
        kept = [standings.document_of(standing) for standing in counted.standings.values()]
        await database[STANDINGS].insert_many(kept, ordered=False)
    rows = [
        {"_id": "/".join((key.lane, key.division, key.unit, key.period)), "counts": counts, **_key(key)}
        for key, counts in cells.items()
    ]
    await database[CELLS].insert_many(rows, ordered=False)
    await Commands(database, source="bench", clock=SystemClock()).run(_scheme)
    return facts


def _key(key: CellKey) -> dict[str, str]:
    return {"lane": key.lane, "division": key.division, "unit": key.unit, "period": key.period}


def _county(lane: str, members: int) -> Iterator[Fact]:
    """Its communities, and members with a line, mostly a registration, a claim and some services."""
    chance = random.Random(f"{SEED}/{lane}")
    communities = [f"{lane}001{number:03}" for number in range(1, COMMUNITIES + 1)]
    for code in (f"{lane}", *communities):
        level = "COUNTY" if code == lane else "COMMUNITY"
        yield Fact(id=code, version=1, kind=Kind.DIVISION, lane=lane, division=code, on=_day(chance), status=level)
    for number in range(members):
        yield from _member(chance, lane, f"{lane}-{number}", communities[number % COMMUNITIES], number)


def _member(chance: random.Random, lane: str, member: str, community: str, number: int) -> Iterator[Fact]:
    unit = f"u{lane}-{number % 130}"
    common = {"version": 1, "unit": unit, "member": member}
    home = f"{lane}001"
    started = date(2015, 6, 1)
    yield Fact(
        id=member,
        kind=Kind.ROSTER_LINE,
        lane=lane,
        division=home,
        status="ACTIVE",
        on=started,
        **common,  # type: ignore[arg-type]
    )
    here = {"lane": lane, "division": community, **common}
    if number % 1_000:
        # Nobody serves before being registered; at first all registered before a deadline.
        registered = started + timedelta(days=chance.randrange(29))
        yield Fact(id=f"r{member}", kind=Kind.REGISTRATION, status="COMPLETED", home=home, on=registered, **here)  # type: ignore[arg-type]
    yield Fact(id=f"c{member}", kind=Kind.CLAIM, offer_kind="POST", status="APPROVED", on=_day(chance), **here)  # type: ignore[arg-type]
    other = LANES[(LANES.index(lane) + 1) % len(LANES)]
    for service in range(SERVICES_EACH):
        away = service == 0 and number % ELSEWHERE_EVERY == 0
        where = {"lane": other, "division": f"{other}001001", **common} if away else here
        yield Fact(
            id=f"s{member}-{service}",
            kind=Kind.SERVICE,
            status="CONFIRMED",
            hours=150,
            vanguard="MEDIATION",
            on=_day(chance),
            **where,  # type: ignore[arg-type]
        )


def _day(chance: random.Random) -> date:
    return date(2015, 7, 1) + timedelta(days=chance.randrange(900))


async def _scheme(work: Work) -> None:
    items = [
        Item(indicator=IndicatorId[name], weight=Decimal(weight), target=Decimal(100), floor=Decimal(0))
        for name, weight in ITEMS.items()
    ]
    scheme = Scheme(
        id="s1",
        lane="350800",
        division="350800",
        level=Level.COMMUNITY,
        name="2017",
        starts_on=date(2017, 1, 1),
        ends_on=date(2017, 12, 31),
        items=items,
        drafted_by="bench",
        drafted_at=datetime(2017, 1, 1, tzinfo=UTC),
    )
    scheme.publish(1, datetime(2017, 1, 1, tzinfo=UTC), "bench")
    work.save(SCHEMES, scheme)


if __name__ == "__main__":
    print(run())  # noqa: T201
