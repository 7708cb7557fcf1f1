"""Service tracking on a real MongoDB: claims, bulk confirmations, and the list of open offers.

The use cases are run as the API runs them, in this process, with 32 at once. HUIJIA_BENCH_CLAIMS, HUIJIA_BENCH_OFFERS
and HUIJIA_BENCH_BATCH set the sizes.
"""

import asyncio
import os
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from datetime import date
from decimal import Decimal

from service_tracking.api.schema import subgraph
from service_tracking.domain.offer import Offer, OfferDraft, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.service import Service, Vanguard
from service_tracking.storage.collections import COLLECTIONS, OFFERS, REGISTRATIONS
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.publish_offers import publish_offers
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records
from servicekit.domain import Refusal, SystemClock, new_id
from servicekit.graphql import Context
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, connect, open_database
from servicekit.storage.work import Actor

from tests.support.servers import running_mongod

CLAIMS = int(os.environ.get("HUIJIA_BENCH_CLAIMS", "2000"))
OLD_OFFERS = int(os.environ.get("HUIJIA_BENCH_OFFERS", "100000"))
BATCH = int(os.environ.get("HUIJIA_BENCH_BATCH", "500"))
FEW_OFFERS, OPEN_OFFERS, AT_ONCE, ROUNDS = 100, 20, 32, 60
BUSY, QUIET = "350802001001", "350802001002"
HOST, ACTOR = Person("host"), Actor("host", "bench")
OPEN = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Community {
  offers(first: 20, status: PUBLISHED) { nodes { id title placesLeft } pageInfo { hasNextPage } } } } }"""
Figures = dict[str, object]


def run_claims() -> Figures:
    """Claims a second on one offer and on as many offers as claims, and the first over the second."""
    return _with_database(_claims)


def run_confirmations() -> Figures:
    """Milliseconds for a batch and for one record, and what a record of a batch costs of one alone."""
    return _with_database(_confirmations)


def run_open_offers() -> Figures:
    """Milliseconds (medians) for the open offers of a community with few old ones and with many."""
    return _with_database(_open_offers)


def _with_database(measure: Callable[[Database, Commands], Awaitable[Figures]]) -> Figures:
    given = os.environ.get("HUIJIA_MONGODB_URI")
    with nullcontext() if given else running_mongod() as mongod:
        return asyncio.run(_measured(given or mongod.url, measure))


async def _measured(uri: str, measure: Callable[[Database, Commands], Awaitable[Figures]]) -> Figures:
    async with connect(uri) as client:
        database = open_database(client, f"bench-{secrets.token_hex(4)}")
        try:
            await ensure_indexes(database, {**OWN_COLLECTIONS, **COLLECTIONS})
            commands = Commands(database, source="service-tracking", clock=SystemClock(), patience_seconds=60)
            return await measure(database, commands)
        finally:
            await client.drop_database(database.name)


async def _claims(database: Database, commands: Commands) -> Figures:
    members = await _members(database, CLAIMS)
    hot = await _publish(commands, [_post(BUSY, capacity=CLAIMS)])
    many = await _publish(commands, [_post(QUIET, capacity=1) for _ in members])
    on_hot = await _per_second(commands, [ClaimOffer(hot[0].id, member) for member in members])
    on_many = await _per_second(
        commands, [ClaimOffer(offer.id, member) for offer, member in zip(many, members, strict=True)]
    )
    return {
        "claims": CLAIMS,
        "on one offer, a second": round(on_hot),
        "on many offers, a second": round(on_many),
        "ratio": round(on_hot / on_many, 2),
    }


async def _per_second(commands: Commands, rows: Sequence[ClaimOffer]) -> float:
    queue = list(rows)

    async def work() -> None:
        while queue:
            only(await commands.run_as(ACTOR, claim_offers, HOST, [queue.pop()]))

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(rows) / (time.perf_counter() - started)


async def _confirmations(database: Database, commands: Commands) -> Figures:
    members = await _members(database, BATCH)
    batch, alone = await _submitted(commands, members), await _submitted(commands, members[:ROUNDS])
    started = time.perf_counter()
    outcomes = await commands.run_as(ACTOR, confirm_records, HOST, batch)
    batch_ms = (time.perf_counter() - started) * 1000
    if any(isinstance(outcome, Refusal) for outcome in outcomes):
        raise RuntimeError("a record was refused")
    alone_ms = [await _timed(commands.run_as(ACTOR, confirm_records, HOST, [row])) for row in alone]
    one_ms = statistics.median(alone_ms)
    return {
        "records": BATCH,
        "batch, ms": round(batch_ms, 1),
        "one alone, ms": round(one_ms, 2),
        "ratio": round(batch_ms / BATCH / one_ms, 3),
    }


async def _submitted(commands: Commands, members: Sequence[str]) -> list[ConfirmRecord]:
    served = Service("Patrol", date(2026, 3, 5), Decimal("1.5"), Vanguard.VOLUNTEERING)
    rows = [SubmitRecord(member, served) for member in members]
    records = await commands.run_as(ACTOR, submit_records, Person("unit"), rows)
    return [ConfirmRecord(one.id, ConfirmationMethod.VISIT) for one in records if isinstance(one, ServiceRecord)]


async def _open_offers(database: Database, commands: Commands) -> Figures:
    for community, old in ((QUIET, FEW_OFFERS), (BUSY, OLD_OFFERS)):
        await _age(database, await _publish(commands, [_post(community)]), old)
        await _publish(commands, [_post(community) for _ in range(OPEN_OFFERS)])
    taken: dict[str, list[float]] = {QUIET: [], BUSY: []}
    for _ in range(ROUNDS):
        for community, times in taken.items():
            times.append(await _timed(_ask(database, community)))
    few, many = (statistics.median(taken[community]) for community in (QUIET, BUSY))
    return {
        "old offers": OLD_OFFERS,
        f"with {FEW_OFFERS} old ones, ms": round(few, 2),
        f"with {OLD_OFFERS} old ones, ms": round(many, 2),
        "ratio": round(many / few, 2),
    }


async def _age(database: Database, offers: Sequence[Offer], count: int) -> None:
    """Close this offer, and put so many like it beside it."""
    kept = await database[OFFERS].find_one_and_delete({"_id": offers[0].id})
    assert kept is not None
    for start in range(0, count, 10_000):
        ids = [new_id() for _ in range(min(10_000, count - start))]
        await database[OFFERS].insert_many([{**kept, "_id": id, "status": "CLOSED"} for id in ids], ordered=False)


async def _ask(database: Database, community: str) -> None:
    context = Context(
        policy=subgraph.policy,
        principal=Principal("bench", (Grant(Role.MEMBER, "m"),)),
        language="en",
        database=database,
    )
    of = [{"__typename": "Community", "code": community}]
    answer = await subgraph.execute(OPEN, context=context, variables={"of": of})
    if len(answer["data"]["_entities"][0]["offers"]["nodes"]) != OPEN_OFFERS:
        raise RuntimeError("not all open offers were listed")


async def _timed(work: Awaitable[object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    await work
    return (time.perf_counter() - started) * 1000


async def _members(database: Database, count: int) -> list[str]:
    members = [new_id() for _ in range(count)]
    kept = {"version": 1, "unit_id": "unit", "community": QUIET, "status": "COMPLETED", "replaced_by": None}
    await database[REGISTRATIONS].insert_many([{**kept, "_id": f"of {one}", "member_id": one} for one in members])
    return members


def _post(community: str, capacity: int = 5) -> OfferDraft:
    return OfferDraft(OfferKind.POST, community, "Patrol", capacity=capacity, auto_approve=True)


async def _publish(commands: Commands, drafts: Sequence[OfferDraft]) -> list[Offer]:
    published: list[Offer] = []
    for start in range(0, len(drafts), 500):
        outcomes = await commands.run_as(ACTOR, publish_offers, drafts[start : start + 500])
        published += [one for one in outcomes if isinstance(one, Offer)]
    return published
