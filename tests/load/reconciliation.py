"""Reconciliation of a city, and of ten times as many lines: when time is linear, the ratio of the two is 10.

The whole command on a real MongoDB: rosters, members, registrations and papers are read, papers matched by number, by
key and by likeness (their people are unsealed for that), and a line stored for everybody.
"""

import asyncio
import random
import resource
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from registration.domain.members import new_member
from registration.domain.papers import Paper, PaperPerson
from registration.domain.people import PersonalData
from registration.domain.person_records import new_record
from registration.domain.placement import Basis, Placement
from registration.domain.reconciliations import Reconciliation, Scope
from registration.domain.registrations import Registration, submit_registration
from registration.domain.rosters import RosterVersion
from registration.domain.units import Unit
from registration.storage.collections import COLLECTIONS, MEMBERS, PAPERS, REGISTRATIONS, ROSTERS, UNITS
from registration.use_cases.keep_reconciliation import Reconcile
from registration.use_cases.reconcile import reconcile_scope
from registration.use_cases.sealed_records import seal_record
from rich.console import Console
from rich.progress import track
from servicekit.domain import Aggregate, SystemClock
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage import audit, outbox
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, Document, connect, open_database

from tests.support.servers import running_mongod

LINES, REGISTRATIONS_MADE, PLACES = 37_466, 37_500, 160
MEMBERS_A_UNIT = 42
SEED = 20160501
CITY, COUNTY = "350800", "350802"
JOINED, REGISTERED, LEFT = date(2015, 7, 1), datetime(2016, 3, 1, tzinfo=UTC), date(2026, 1, 31)
SURNAMES = "陈林黄吴张李王郑赖邱刘罗曾谢郭杨江廖卢钟游苏温邓沈范丘阙熊饶"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰建文志国海金荣春永庆龙辉斌红梅福生云水木火土山河川林森"


class Town:
    """Nearly everybody registered. Papers of one in four, a fifth without number, a quarter of these misspelt."""

    def __init__(self, database: Database, vault: Vault, times: int) -> None:
        self._database, self._vault = database, vault
        self.lines, self._everybody = LINES * times, REGISTRATIONS_MADE * times
        self._places = [f"{COUNTY}{number:06d}" for number in range(1, PLACES * times + 1)]
        self._chance = random.Random(SEED)

    async def found(self) -> None:
        starts = range(0, self._everybody, MEMBERS_A_UNIT * 50)
        for start in track(starts, f"{self._everybody:,} people move in", console=Console(stderr=True)):
            documents: dict[str, list[Document]] = {}
            for number in range(start, min(start + MEMBERS_A_UNIT * 50, self._everybody), MEMBERS_A_UNIT):
                for collection, aggregate in self._unit(number, min(MEMBERS_A_UNIT, self._everybody - number)):
                    documents.setdefault(collection, []).append(_stored(aggregate))
            for collection, some in documents.items():
                await self._database[collection].insert_many(some, ordered=False)

    def _unit(self, first: int, people: int) -> Iterator[tuple[str, Aggregate]]:
        """A unit, its members with registrations and papers, and its roster, which the very last people have left."""
        unit = Unit(
            id=self._id(),
            lane=COUNTY,
            name=f"第{first}单位",
            credit_code=f"{first:018d}",
            line="EDUCATION",
            division=COUNTY,
            ancestors=[CITY],
        )
        yield UNITS, unit
        ids = [self._id() for _ in range(people)]
        for number, member_id in enumerate(ids, first):
            yield from self._person(number, member_id, unit)
        left = ids[max(0, self.lines - first) :]
        yield ROSTERS, self._roster(unit.id, 1, JOINED, joined=ids)
        if left:
            yield ROSTERS, self._roster(unit.id, 2, LEFT, left=left)

    def _roster(
        self, unit: str, number: int, on: date, joined: Sequence[str] = (), left: Sequence[str] = ()
    ) -> RosterVersion:
        return RosterVersion(
            id=self._id(),
            lane=COUNTY,
            unit_id=unit,
            number=number,
            effective_on=on,
            applied_at=REGISTERED,
            applied_by="bench",
            file_name="roster.csv",
            lines=len(joined),
            joined=list(joined),
            left=list(left),
            changed=[],
        )

    def _person(self, number: int, member_id: str, unit: Unit) -> Iterator[tuple[str, Aggregate]]:
        home = self._chance.choice(self._places)
        person = self._data(number)
        index = self._vault.blind_index(person.id_number)
        record = new_record(person.id_number, unit.id, person.name, person.phone)
        sealed = seal_record(self._vault, member_id, record)
        member = new_member(member_id, unit, sealed=sealed, id_index=index, residence=home, on=JOINED)
        yield MEMBERS, member
        registration = submit_registration(
            self._id(), member, Placement(community_code=home, basis=Basis.RESIDENCE), REGISTERED
        )
        self._go_on(registration, number)
        yield REGISTRATIONS, registration
        if number % 4 == 0:
            yield PAPERS, self._paper(number // 4, person, home, index)

    def _go_on(self, registration: Registration, number: int) -> None:
        steps = self._chance.choices((0, 1, 2), weights=(1, 2, 97))[0]
        certificate = f"HJ{number:014d}"
        if steps > 0:
            registration.certify(certificate, REGISTERED)
        if steps > 1:
            registration.receive(certificate, signed_by="bench", on=REGISTERED.date(), now=REGISTERED)

    def _paper(self, number: int, person: PersonalData, home: str, index: str) -> Paper:
        said = PaperPerson(
            name=person.name, id_number=person.id_number, birth_month=person.id_number[6:12], phone=person.phone
        )
        if number % 5 == 0:
            said.id_number = None
        if number % 20 == 0:
            said.name, said.phone = person.name[:-1] + GIVEN[number % len(GIVEN)], None
        paper_id = self._id()
        return Paper(
            id=paper_id,
            lane=COUNTY,
            community_code=home,
            sealed=self._vault.seal(said.model_dump_json(), paper_id),
            entry_key=paper_id,
            id_index=index if said.id_number else None,
            received_on=REGISTERED.date(),
        )

    def _data(self, number: int) -> PersonalData:
        chance = self._chance
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        born = f"{chance.randrange(1950, 1995)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
        id_number = f"{350800 + number // 10_000}{born}{number % 10_000:04d}"
        return PersonalData(name=name, id_number=id_number, phone=f"139{chance.randrange(10**8):08d}")

    def _id(self) -> str:
        """In the order in which ids are given out."""
        return f"{time.time_ns():016x}{self._chance.getrandbits(64):016x}"


def run() -> dict[str, object]:
    """Seconds, the ratio of ten times the lines, and the peak of memory."""
    with running_mongod() as server:
        once, tenfold = asyncio.run(_measure(server.url, 1)), asyncio.run(_measure(server.url, 10))
    return {**once, **{f"{name} for ten times": figure for name, figure in tenfold.items()}} | {
        "ratio": round(tenfold["seconds"] / once["seconds"], 2)
    }


async def _measure(uri: str, times: int) -> dict[str, float]:
    key = secrets.token_bytes(32)
    vault = Vault({"k1": key}, active="k1", blind_index_key=key)
    async with connect(uri) as client:
        database = open_database(client, f"bench_{secrets.token_hex(4)}")
        await ensure_indexes(database, {**COLLECTIONS, outbox.OUTBOX: outbox.INDEXES, audit.AUDIT: audit.INDEXES})
        town = Town(database, vault, times)
        await town.found()
        seconds = await _reconcile(database, vault, town.lines)
        await client.drop_database(database.name)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "lines": town.lines,
        "seconds": round(seconds, 2),
        "lines/s": town.lines // seconds,
        "peak MiB": round(peak),
    }


async def _reconcile(database: Database, vault: Vault, lines: int) -> float:
    commands = Commands(database, source="registration", clock=SystemClock())
    started = time.perf_counter()
    made: Reconciliation = await reconcile_scope(
        database, commands.run, Reconcile(Scope(division=CITY)), vault, _anywhere
    )
    seconds = time.perf_counter() - started
    if made.roster_lines != lines:
        raise AssertionError(f"{made.roster_lines} of {lines} roster lines came out")
    return seconds


def _anywhere(_target: Target) -> None:
    """Whoever runs a benchmark may reconcile everything."""


def _stored(aggregate: Aggregate) -> Document:
    return {"_id": aggregate.id, **aggregate.model_dump(exclude={"id"}), "version": 1}


if __name__ == "__main__":
    print(run())  # noqa: T201
