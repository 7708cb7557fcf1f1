"""The audit trail: every change has its entry, and whoever alters the trail afterwards is found out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
import pytest_asyncio
import structlog
from bson import decode
from pymongo import UpdateOne
from servicekit.audit.chain import CHAIN, seal
from servicekit.audit.cli import audit_app
from servicekit.audit.verify import BrokenChain, Head, Verified, open_entries, verify
from servicekit.domain import Aggregate, NotFound, SystemClock, new_id
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage import outbox
from servicekit.storage.audit import AUDIT
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, Document, connect, open_database
from servicekit.storage.work import Work
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.contracts.toy import ACCOUNTS, ACTOR, LANE, MAKER, OTHER_LANE, add, open_accounts

PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Books:
    database: Database
    commands: Commands

    async def open_account(self) -> str:
        id = new_id()
        await self.commands.run(open_accounts, [id])
        return id


@pytest_asyncio.fixture(scope="session")
async def audited(mongodb_uri: str) -> AsyncIterator[Database]:
    async with connect(mongodb_uri) as client:
        database = open_database(client, f"test_audit_{new_id()[-12:]}")
        await ensure_indexes(database, {ACCOUNTS: [], PEOPLE: [], **OWN_COLLECTIONS})
        yield database
        await client.drop_database(database.name)


@pytest_asyncio.fixture
async def books(audited: Database) -> Books:
    for name in (ACCOUNTS, PEOPLE, AUDIT, CHAIN, outbox.OUTBOX):
        await audited[name].delete_many({})
    return Books(audited, Commands(audited, source=MAKER, clock=SystemClock()))


class Someone(Aggregate):
    sealed: str
    born: date = date(1999, 1, 1)
    hours: Decimal = Decimal("1.50")
    marks: list[str] = []


async def write(work: Work, id: str, **fields: Any) -> None:
    someone = (await work.load(Someone, PEOPLE, [id])).get(id) or Someone(id=id, lane=LANE, sealed="first")
    for name, value in fields.items():
        setattr(someone, name, value)
    work.save(PEOPLE, someone)


async def test_a_change_says_who_when_what_and_from_what_to_what(books: Books) -> None:
    id = await books.open_account()

    await books.commands.run_as(ACTOR, add, id, 7)

    opened, added = await _entries(books.database)
    assert (added["actor"], added["correlation_id"], added["operation"]) == ("somebody", "correlation-1", "add")
    assert (added["lane"], added["cause"], added["block"]) == (LANE, None, 0)
    assert added["at"] >= opened["at"]
    assert opened["changes"][0]["fields"] == [{"field": "balance", "before": None, "after": "0"}]
    assert added["changes"] == [
        {
            "collection": "accounts",
            "subject": id,
            "version": 2,
            "fields": [{"field": "balance", "before": "0", "after": "7"}],
        }
    ]


async def test_only_what_changed_is_told_and_of_personal_data_only_that_it_changed(books: Books) -> None:
    commands = books.commands
    await commands.run(write, "p", marks=["a"])

    await commands.run(write, "p", sealed="second", born=date(2000, 2, 2))

    _, changed = await _entries(books.database)
    assert changed["changes"][0]["fields"] == [
        {"field": "sealed", "before": None, "after": None},
        {"field": "born", "before": '"1999-01-01"', "after": '"2000-02-02"'},
    ]


async def test_a_long_value_is_told_by_its_digest(books: Books) -> None:
    await books.commands.run(write, "p", marks=["x" * 400] * 3)

    [entry] = await _entries(books.database)
    told = next(field for field in entry["changes"][0]["fields"] if field["field"] == "marks")
    assert orjson.loads(told["after"]).keys() == {"bytes", "sha256"}


async def test_a_refused_command_leaves_no_entry(books: Books) -> None:
    async def open_and_refuse(work: Work, ids: Sequence[str]) -> None:
        await open_accounts(work, ids)
        await work.flush()
        raise NotFound(what_zh="账户", what_en="account", id="x")

    with pytest.raises(NotFound):
        await books.commands.run_as(ACTOR, open_and_refuse, [new_id()])

    assert await _entries(books.database) == []


async def test_one_unit_of_work_in_two_lanes_has_an_entry_in_each_of_at_most_100_changes(books: Books) -> None:
    async def in_both(work: Work) -> None:
        await open_accounts(work, [new_id() for _ in range(101)])
        await open_accounts(work, [new_id()], OTHER_LANE)

    await books.commands.run(in_both)

    found = await _entries(books.database)
    assert sorted((one["lane"], len(one["changes"])) for one in found) == [(LANE, 1), (LANE, 100), (OTHER_LANE, 1)]


async def test_a_sealed_trail_holds_and_two_sealers_at_once_link_every_entry_once(books: Books) -> None:
    await _changes(books, 5)
    commands = books.commands

    sealed = await asyncio.gather(*(commands.run(seal, 2) for _ in range(4)))

    assert sum(sealed) == 5
    assert await open_entries(books.database) == 0
    assert (await _verified(books.database))[-1].entries == 5


async def test_the_head_of_every_block_is_logged_so_that_it_is_known_outside(books: Books) -> None:
    structlog.reset_defaults()
    await _changes(books, 1)

    with capture_logs() as logs:
        await books.commands.run(seal)

    [block] = await _verified(books.database)
    told = [(one["block"], one["hash"]) for one in logs if one["event"] == "audit.sealed"]
    assert told == [(block.head.block, block.head.hash)]


async def _alter_entry(database: Database) -> None:
    await database[AUDIT].update_one({"block": 2}, {"$set": {"actor": "somebody else"}})


async def _alter_value(database: Database) -> None:
    await database[AUDIT].update_one({"block": 2}, {"$set": {"changes.0.fields.0.after": "9"}})


async def _remove_entry(database: Database) -> None:
    await database[AUDIT].delete_one({"block": 2})


async def _add_entry(database: Database) -> None:
    [some] = await database[AUDIT].find({"block": 2}).to_list()
    await database[AUDIT].insert_one({**some, "_id": new_id()})


async def _remove_block(database: Database) -> None:
    await database[CHAIN].delete_one({"_id": 2})


async def _alter_hash(database: Database) -> None:
    await database[CHAIN].update_one({"_id": 2}, {"$set": {"hash": "0" * 64}})


async def _swap_entries(database: Database) -> None:
    one, other = await _entries(database)
    await database[AUDIT].bulk_write(
        [UpdateOne({"_id": a["_id"]}, {"$set": {"changes": b["changes"]}}) for a, b in ((one, other), (other, one))]
    )


@pytest.mark.parametrize(
    ("tamper", "block", "why"),
    [
        (_alter_entry, 2, "it was altered"),
        (_alter_value, 2, "it was altered"),
        (_remove_entry, 2, "it is missing"),
        (_add_entry, 2, "1 sealed entries are in no block"),
        (_remove_block, 2, "it is missing"),
        (_alter_hash, 2, "its hash was altered"),
        (_swap_entries, 1, "it was altered"),
    ],
)
async def test_whoever_alters_the_trail_is_found_at_the_first_broken_link(
    books: Books, tamper: Any, block: int, why: str
) -> None:
    await _changes(books, 2)
    for _ in range(2):
        await books.commands.run(seal, 1)

    await tamper(books.database)

    with pytest.raises(BrokenChain) as broken:
        await _verified(books.database)
    assert why in broken.value.why
    assert broken.value.block == block


async def test_a_chain_made_anew_does_not_have_the_head_that_was_noted(books: Books) -> None:
    await _changes(books, 1)
    await books.commands.run(seal)
    [noted] = await _verified(books.database)
    await books.database[AUDIT].update_many({}, {"$set": {"actor": "somebody else", "block": 0}})
    await books.database[CHAIN].delete_many({})

    with pytest.raises(BrokenChain, match="not there any more"):
        await _verified(books.database, noted.head)
    await books.commands.run(seal)
    await _verified(books.database)
    with pytest.raises(BrokenChain, match="not the one that was noted"):
        await _verified(books.database, noted.head)


async def test_the_command_says_that_the_chain_holds_and_which_link_is_broken(books: Books, mongodb_uri: str) -> None:
    @asynccontextmanager
    async def open_() -> AsyncIterator[Database]:
        async with connect(mongodb_uri) as client:
            yield open_database(client, books.database.name)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, audit_app(open_), ["verify", *arguments])
        return result.exit_code, result.output

    await _changes(books, 2)
    await books.commands.run(seal, 1)
    [block] = await _verified(books.database)

    holds = await run("--head", f"1:{block.head.hash}")
    mistyped = await run("--head", "1:abc")
    await books.database[AUDIT].delete_one({"block": 1})
    broken = await run()

    assert holds[0] == 0
    assert "1 entries in 1 blocks hold, 1 not sealed yet" in holds[1]
    assert mistyped[0] == 2
    assert broken[0] == 1
    assert "block 1, entry" in broken[1]


@pytest.mark.parametrize("match", [{}, {"changes.subject": "a"}, {"actor": "x"}, {"_id": {"$gte": "0"}}])
async def test_every_question_to_the_trail_has_an_index(books: Books, match: dict[str, Any]) -> None:
    plan = await books.database[AUDIT].find({"lane": LANE, **match}).sort("_id", 1).explain()
    sealers = await books.database[AUDIT].find({"block": 0}).sort("_id", 1).explain()

    chosen = [str(decode(one["queryPlanner"]["winningPlan"].raw)) for one in (plan, sealers)]
    assert all("IXSCAN" in one and "'SORT'" not in one for one in chosen)
    assert "'open'" in chosen[1]


async def _changes(books: Books, count: int) -> None:
    for _ in range(count):
        await books.open_account()


async def _entries(database: Database) -> list[Document]:
    return await database[AUDIT].find().sort("_id").to_list()


async def _verified(database: Database, noted: Head | None = None) -> list[Verified]:
    return [one async for one in verify(database, noted)]
