"""After the healing: what the services and the books hold, against the model of the load."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from evaluation.storage import archive
from huijia_local.city import MODULES
from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.topology import Topology
from servicekit.events import Event
from servicekit.storage.mongo import Database

from tests.faults.client import Client, Json
from tests.faults.cluster import LANES, Cluster
from tests.faults.load import YEAR
from tests.faults.model import Model, Thing
from tests.faults.town import COMMUNITIES, Town
from tests.support.waiting import eventually

SETTLE_SECONDS = 120
LEDGER_KINDS = {"registration-": "registration", "record-": "service"}
FIGURES = """query($code: ID!, $year: Int!) { community(code: $code) {
  figures(year: $year) { registered services hours } } }"""


@dataclass
class Verdict:
    """What was found; each list is empty when all is well."""

    events: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    wrong_figures: list[str] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    drift: str = ""

    @property
    def problems(self) -> list[str]:
        drift = [self.drift] if self.drift else []
        return [*self.lost, *self.doubled, *self.stale, *self.wrong_figures, *self.dead_letters, *drift]


@dataclass
class Checker:
    """`database` opens the one of a service."""

    cluster: Cluster
    database: Callable[[str], Database]
    model: Model
    town: Town
    client: Client
    verdict: Verdict = field(default_factory=Verdict)

    async def check(self) -> Verdict:
        """Wait until nothing travels any more, then compare."""
        await eventually(self._settled, within=SETTLE_SECONDS, every=0.5)
        await self.compare_events()
        await self.compare_registrations()
        await self.compare_records()
        await self._figures()
        await self._dead_letters()
        self._recount()
        return self.verdict

    async def _settled(self) -> bool:
        """No event waits in an outbox, and each has come into the archive or to the dead letters."""
        pending = [await self.database(name)["outbox"].count_documents({"state": "pending"}) for name in MODULES]
        assert not sum(pending), f"{sum(pending)} events wait in outboxes"
        sent = sum([await self.database(name)["outbox"].count_documents({}) for name in MODULES])
        kept = sum(Counter(event.id for event in await self._archived()).values())
        assert kept >= sent, f"{sent - kept} events are on their way"
        return True

    async def _archived(self) -> list[Event]:
        books = self.database("evaluation")
        lanes = await archive.positions(books)
        return [event for lane in lanes async for batch in archive.batches(books, lane) for event in batch.events]

    async def compare_events(self) -> None:
        """Every event is in the archive once, and each fact in the ledger at its newest version."""
        told = [Event.decode(row["body"]) for name in MODULES async for row in self.database(name)["outbox"].find()]
        archived = Counter(event.id for event in await self._archived())
        self.verdict.events = len(told)
        self.verdict.lost += [f"event {event.type} {event.id}" for event in told if not archived[event.id]]
        self.verdict.doubled += [
            f"event {id} {times} times in the archive" for id, times in archived.items() if times > 1
        ]
        await self._newest(told)

    async def _newest(self, told: Iterable[Event]) -> None:
        newest: dict[str, int] = {}
        for event in told:
            for start, kind in LEDGER_KINDS.items():
                if event.fact.startswith(start):
                    key = f"{kind}/{event.subject}"
                    newest[key] = max(newest.get(key, 0), event.version)
        kept = {one["_id"]: one["version"] async for one in self.database("evaluation")["ledger"].find()}
        self.verdict.stale += [
            f"{key} is version {kept.get(key)} in the ledger, not {version}"
            for key, version in newest.items()
            if kept.get(key) != version
        ]

    async def compare_registrations(self) -> None:
        rows = [row async for row in self.database("registration")["registrations"].find()]
        self._compare(self.model.registrations, rows, "member_id")
        copies = {row["_id"]: row async for row in self.database("service-tracking")["registrations"].find()}
        for row in rows:
            if row["status"] == "COMPLETED" and copies.get(row["_id"], {}).get("version") != row["version"]:
                self.verdict.stale.append(f"registration {row['_id']} in service-tracking")

    async def compare_records(self) -> None:
        rows = [row async for row in self.database("service-tracking")["records"].find()]
        self._compare(self.model.records, rows, "reference")

    def _compare(self, things: Mapping[str, Thing], rows: list[Json], key: str) -> None:
        stored = Counter(row[key] for row in rows)
        self.verdict.doubled += [f"{key} {name} is stored {times} times" for name, times in stored.items() if times > 1]
        self.verdict.doubled += [f"{key} {name} was never sent" for name in stored if name not in things]
        status = {row[key]: row["status"] for row in rows}
        for name, thing in things.items():
            found = status.get(name)
            if found not in thing.allowed:
                self.verdict.lost.append(f"{key} {name} is {found}, not {sorted(map(str, thing.allowed))}")
            # From here on it is known what became of it.
            thing.status, thing.maybe = found, None

    async def _figures(self) -> None:
        """The figures that a client gets are the sums of what the model holds."""
        for code in COMMUNITIES:
            answer = await self.client.insist(FIGURES, self.town.badges.city(), 30, code=code, year=YEAR)
            kept = answer["figures"]
            completed = [one for one in self.model.registrations.values() if one.status == "COMPLETED"]
            confirmed = [one for one in self.model.records.values() if one.status == "CONFIRMED"]
            services = [one.hours for one in confirmed if one.community == code]
            expected = {
                "registered": sum(one.community == code for one in completed),
                "services": len(services),
                "hours": sum(services, Decimal(0)),
            }
            if {**kept, "hours": Decimal(kept["hours"])} != expected:
                self.verdict.wrong_figures.append(f"{code}: {kept}, not {expected}")

    async def _dead_letters(self) -> None:
        """Nor does anything wait in a lane or in a delay tier."""
        broker, topology = await Broker.connect(self.cluster.amqp_url, name="checker"), Topology()
        for service in ("service-tracking", "evaluation"):
            letters = await DeadLetters(broker, topology, service).list()
            self.verdict.dead_letters += [f"{service}: {letter.id} {letter.cause}" for letter in letters]
            channel = await broker.channel()
            tiers = [topology.retry(service, tier) for tier in range(len(topology.retry_seconds))]
            for queue in [*(topology.lane_queue(service, lane) for lane in LANES), *tiers]:
                declared = await channel.declare_queue(queue, passive=True)
                if count := declared.declaration_result.message_count:
                    self.verdict.dead_letters.append(f"{count} messages wait in {queue}")
            await close_quietly(channel)
        await broker.close()

    def _recount(self) -> None:
        command = [sys.executable, "-m", "evaluation", "verify", "--afresh"]
        environment = {**os.environ, **self.cluster.settings("evaluation")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        if done.returncode:
            self.verdict.drift = f"verify: {done.stdout[-2000:]} {done.stderr[-2000:]}"
