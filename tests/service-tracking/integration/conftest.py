"""The service on a real MongoDB: its use cases, its handlers and its ASGI application, asked with tokens."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from huijia_local.keys import Keys, ensure_keys
from huijia_local.tokens import AUDIENCE, ISSUER, DevelopmentGrant, mint
from pymongo.monitoring import CommandListener
from service_tracking.app import SERVICE
from service_tracking.domain.beneficiary import Beneficiary, Consent, ConsentGiver, Guardian, Identity
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import ActivityMode, Occasion, Offer, OfferDraft, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.policy import Backlog, Policy, Ruled
from service_tracking.domain.problem import Category, Problem, Report
from service_tracking.domain.project import Project, Proposal
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.series import Series, SeriesDraft
from service_tracking.domain.service import Service, Vanguard
from service_tracking.domain.support import Gift, Support, SupportKind
from service_tracking.domain.venue import Venue, VenueDraft, VenueKind
from service_tracking.messages.handlers import keep_agreements, keep_registrations
from service_tracking.messages.registration import AgreementFact, RegistrationFact
from service_tracking.settings import Settings
from service_tracking.storage.collections import COLLECTIONS
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.issue_codes import IssueCode, issue_codes
from service_tracking.use_cases.open_venues import open_venues
from service_tracking.use_cases.propose_projects import propose_projects
from service_tracking.use_cases.publish_offers import publish_offers
from service_tracking.use_cases.publish_series import publish_series
from service_tracking.use_cases.record_beneficiaries import RecordBeneficiary, record_beneficiaries
from service_tracking.use_cases.record_supports import RecordSupport, record_supports
from service_tracking.use_cases.report_problems import ReportProblem, report_problems
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.set_policy import SetPolicy, set_policy
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records
from servicekit.domain import SystemClock, new_id
from servicekit.events import Event, Fact
from servicekit.runtime.application import build_app
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.security import Role
from servicekit.security.vault import Vault
from servicekit.storage import outbox
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, connect, open_database
from servicekit.storage.work import Actor
from starlette.types import ASGIApp

READS = {"find", "aggregate", "getMore", "count", "distinct"}
NUMBERS = itertools.count(1)


class Watch(CommandListener):
    """Sees the commands that this test process sends over the `database` fixture's client."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: Any) -> None:
        self.sent.append((event.command_name, dict(event.command)))

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...

    @contextmanager
    def reads(self) -> Iterator[list[dict[str, Any]]]:
        """The reading commands sent within; filled when it ends."""
        start, reads = len(self.sent), []
        yield reads
        reads.extend(command for name, command in self.sent[start:] if name in READS)


@dataclass
class Town:
    """A community of its own for one test, with everything it takes to play in it."""

    database: Database
    replicas: Iterator[Commands]
    community: str
    unit: str
    vault: Vault

    @property
    def commands(self) -> Commands:
        """Those of the next replica: what runs at once meets in the database, not only in one process."""
        return next(self.replicas)

    async def run(self, use_case: Callable[..., Awaitable[Any]], *args: Any, subject: str = "host") -> Any:
        return await self.commands.run_as(Actor(subject, "correlation"), use_case, *args)

    async def hear(self, *facts: Fact[RegistrationFact]) -> None:
        await self.run(keep_registrations, facts)

    def fact(
        self,
        member: str,
        *,
        registration: str | None = None,
        status: str = "COMPLETED",
        version: int = 3,
        unit: str | None = None,
        replaced_by: str | None = None,
    ) -> Fact[RegistrationFact]:
        data = RegistrationFact(
            member_id=member,
            unit_id=unit or self.unit,
            community=self.community,
            status=status,
            replaced_by=replaced_by,
        )
        subject = registration or f"registration of {member}"
        fact = "registration-completed" if status == "COMPLETED" else "registration-ended"
        return Fact(new_id(), fact, subject, self.community[:6], version, datetime.now(UTC), data, "heard")

    async def members(self, count: int, *, unit: str | None = None) -> list[str]:
        """So many registered members."""
        members = [new_id() for _ in range(count)]
        await self.hear(*(self.fact(member, unit=unit) for member in members))
        return members

    async def offer(self, *, kind: OfferKind = OfferKind.POST, community: str | None = None, **changes: Any) -> Offer:
        draft = OfferDraft(kind=kind, community=community or self.community, title="Night patrol", **changes)
        return only(await self.run(publish_offers, [draft]))

    async def series(self, recurrence: str = "FREQ=WEEKLY;BYDAY=SA", **changes: Any) -> Series:
        starts_on = changes.pop("starts_on", date(2026, 3, 5))
        post = OfferDraft(OfferKind.POST, self.community, "Saturday patrol", **{"capacity": 2, **changes})
        return only(await self.run(publish_series, Person("host"), [SeriesDraft(post, recurrence, starts_on)]))

    async def activity(self, *, unit_id: str | None = None, on: date = date(2026, 3, 5), **changes: Any) -> Offer:
        occasion = Occasion(on, "the square", changes.pop("mode", ActivityMode.THEMED), unit_id)
        return await self.offer(
            kind=OfferKind.ACTIVITY, capacity=changes.pop("capacity", 5), occasion=occasion, **changes
        )

    async def agree(self, *, unit: str | None = None, version: int = 1, **term: date | None) -> None:
        """Hear of an agreement between the unit and this community, in force since 2015 unless `term` says another."""
        data = AgreementFact(
            unit_id=unit or self.unit, community=self.community, **{"starts_on": date(2015, 1, 1), **term}
        )
        subject = f"agreement of {data.unit_id} with {self.community}"
        fact = Fact(
            new_id(), "agreement-signed", subject, self.community[:6], version, datetime.now(UTC), data, "heard"
        )
        await self.run(keep_agreements, [fact])

    async def problem(self, member: str | None = None, by: Person | None = None, **changes: Any) -> Problem:
        told = {"category": Category.SAFETY, "description": "a lamp is out", **changes}
        row = ReportProblem(Report(community=self.community, **told), member)
        by = by or Person("reporter")
        return only(await self.run(report_problems, by, [row], subject=by.subject))

    async def project(self, **changes: Any) -> Project:
        told = {"title": "A reading room", "proposed_on": date(2016, 3, 1), **changes}
        proposal = Proposal(self.community, changes.pop("unit_id", self.unit), **told)
        return only(await self.run(propose_projects, Person("host"), [proposal]))

    async def support(self, **changes: Any) -> Support:
        given = {"kind": SupportKind.FUNDS, "quantity": Decimal(1), "measure": "grant", "value": Decimal(5000)}
        row = RecordSupport(Gift(self.community, self.unit, **{**given, **changes}))
        return only(await self.run(record_supports, Person("host"), [row]))

    async def venue(self, kind: VenueKind, **changes: Any) -> Venue:
        return only(await self.run(open_venues, Person("host"), [VenueDraft(kind, self.community, "Gate", **changes)]))

    async def beneficiary(self, offer: Offer, *, name: str = "林秀英", guardian: Guardian | None = None) -> Beneficiary:
        giver = ConsentGiver.GUARDIAN if guardian else ConsentGiver.SELF
        consent = Consent(given_by=giver, version="2026-1", given_on=date(2026, 3, 1))
        identity = Identity(name=name, phone="13959012345", address="莲花小区 3 号楼 501", guardian=guardian)
        row = RecordBeneficiary(offer.id, identity, consent)
        return only(await self.run(record_beneficiaries, self.vault, [row]))

    async def code(self, *, by: Person | None = None, **about: str) -> str:
        """The digits of a code for `claim_id` or `record_id`."""
        row = IssueCode(**about)
        return only(await self.run(issue_codes, by or Person("host"), self.vault, [row])).digits

    async def rule(
        self,
        *,
        division: str | None = None,
        backlog: Backlog = Backlog.OLD_RULES,
        starts_on: str = "2015-01-01",
        **said: Any,
    ) -> Policy:
        """A policy of this community, or of `division`."""
        command = SetPolicy(division or self.community, Ruled(**said), backlog, date.fromisoformat(starts_on))
        return await self.run(set_policy, command)

    async def claim(self, offer: Offer, member: str, by: Person | None = None, *, wait: bool = False) -> Claim:
        by = by or Person("host")
        return only(await self.run(claim_offers, by, [ClaimOffer(offer.id, member, wait)], subject=by.subject))

    async def submit(self, member: str, by: Person | None = None, **changes: Any) -> ServiceRecord:
        by = by or Person(f"subject of {member}", frozenset({member}))
        place = {name: changes.pop(name) for name in ("claim_id", "community") if name in changes}
        row = SubmitRecord(member, self.service(**changes), **place)
        return only(await self.run(submit_records, by, [row], subject=by.subject))

    def service(self, **changes: Any) -> Service:
        told = {
            "activity": "Night patrol",
            "served_on": date(2026, 3, 5),
            "hours": Decimal("1.5"),
            "vanguard": Vanguard.VOLUNTEERING,
        }
        return Service(**{**told, **changes})

    async def kept(self, collection: str, id: str) -> dict[str, Any]:
        found = await self.database[collection].find_one({"_id": id})
        assert found is not None
        return found

    async def told(self, subject: str) -> list[Event]:
        """The events in the outbox about this aggregate, oldest first."""
        rows = self.database[outbox.OUTBOX].find({}, sort=[("_id", 1)])
        events = [Event.decode(row["body"]) async for row in rows]
        return [event for event in events if event.subject == subject]


@dataclass
class Api:
    """The real ASGI application; each question is asked with a token."""

    app: ASGIApp
    keys: Keys

    def token(self, *grants: tuple[Role, str] | DevelopmentGrant, subject: str = "somebody") -> str:
        made = [one if isinstance(one, DevelopmentGrant) else DevelopmentGrant(*one) for one in grants]
        return mint(self.keys, made, subject=subject)

    async def ask(self, document: str, *grants: Any, subject: str = "somebody", **variables: Any) -> dict[str, Any]:
        return await self.send(document, self.token(*grants, subject=subject), **variables)

    async def send(self, document: str, token: str | None, language: str = "en", **variables: Any) -> dict[str, Any]:
        headers = {"content-type": "application/json", "accept-language": language}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return await _post(self.app, orjson.dumps({"query": document, "variables": variables}), headers)

    async def data(self, document: str, *grants: Any, subject: str = "somebody", **variables: Any) -> Any:
        answer = await self.ask(document, *grants, subject=subject, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def result(self, document: str, *grants: Any, subject: str = "somebody", **variables: Any) -> Any:
        """What the one field asked for answered."""
        (result,) = (await self.data(document, *grants, subject=subject, **variables)).values()
        return result


async def _post(app: ASGIApp, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    chunks: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        chunks.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    answer = orjson.loads(b"".join(chunks))
    assert isinstance(answer, dict)
    return answer


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()


@pytest_asyncio.fixture(scope="session")
async def tracking(mongodb_uri: str, watch: Watch) -> AsyncIterator[Database]:
    """One database for all of these tests: each plays in a community of its own."""
    async with connect(mongodb_uri, event_listeners=[watch]) as client:
        database = open_database(client, f"test_service_tracking_{new_id()[-12:]}")
        await ensure_indexes(database, {**OWN_COLLECTIONS, **COLLECTIONS})
        yield database
        await client.drop_database(database.name)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return ensure_keys(Path(tmp_path_factory.mktemp("keys")))


@pytest.fixture(scope="session")
def vault(keys: Keys) -> Vault:
    return Vault.from_files(keys.data_keys("service-tracking"), keys.blind_index_key("service-tracking"))


@pytest.fixture
def town(tracking: Database, vault: Vault) -> Town:
    number = next(NUMBERS)
    replicas = [Commands(tracking, source=SERVICE.name, clock=SystemClock()) for _ in range(3)]
    return Town(tracking, itertools.cycle(replicas), f"350802{number:06}", f"unit {number}", vault)


@pytest_asyncio.fixture(scope="session")
async def api(mongodb_uri: str, tracking: Database, keys: Keys) -> AsyncIterator[Api]:
    settings = Settings(
        role="api",
        mongodb_uri=mongodb_uri,
        amqp_url="amqp://not-used-by-an-api",
        database=tracking.name,
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks=str(keys.jwks),
        data_keys=keys.data_keys("service-tracking"),
        blind_index_key=keys.blind_index_key("service-tracking"),
    )
    app = build_app(SERVICE, settings)
    async with app.router.lifespan_context(app):
        yield Api(app, keys)
