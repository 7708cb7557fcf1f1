"""The steady load: members register, serve and have it confirmed; every command is noted before and after."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from random import Random
from time import monotonic

from tests.faults.availability import Successes
from tests.faults.client import Client, Failed, Json, NoAnswer
from tests.faults.model import Model, Thing
from tests.faults.town import COMMUNITIES, Person, Town

PATIENCE_SECONDS = 45
PAUSE_SECONDS = 0.1
YEAR = 2017
NOT_YET = "MemberNotRegistered"
REFUSAL = "... on Refusal { code message }"
SUBMIT = f"""mutation($input: SubmitRegistrationInput!) {{ submitRegistration(input: $input) {{
  __typename ... on Registration {{ id }} ... on RegistrationAlreadySubmitted {{ registrationId }} {REFUSAL} }} }}"""
CERTIFY = f"""mutation($input: CertifyRegistrationInput!) {{ certifyRegistration(input: $input) {{ __typename
  ... on Registration {{ certificateNumber }} ... on RegistrationAlreadyCertified {{ number: certificateNumber }}
  {REFUSAL} }} }}"""
RECEIVE = f"""mutation($input: ReceiveCertificateInput!) {{ receiveCertificate(input: $input) {{
  __typename {REFUSAL} }} }}"""
SERVE = f"""mutation($input: SubmitRecordInput!) {{ submitRecord(input: $input) {{
  __typename ... on ServiceRecord {{ id }} {REFUSAL} }} }}"""
CONFIRM = f"""mutation($input: ConfirmRecordInput!) {{ confirmRecord(input: $input) {{
  __typename ... on RecordDecided {{ currentStatus }} {REFUSAL} }} }}"""
REJECT = f"""mutation($input: RejectRecordInput!) {{ rejectRecord(input: $input) {{
  __typename ... on RecordDecided {{ currentStatus }} {REFUSAL} }} }}"""
LOOK = """query($code: ID!) { community(code: $code) { name figures(year: 2017) { registered services }
  members(first: 1) { nodes { services(first: 1) { nodes { id } } } } } }"""


class Contradiction(AssertionError):
    """A command was refused that nothing stood in the way of."""


@dataclass
class Load:
    town: Town
    client: Client
    model: Model
    seed: int
    reads: Successes = field(default_factory=Successes)
    writes: Successes = field(default_factory=Successes)
    _registered: list[Person] = field(default_factory=list)
    _references: "count[int]" = field(default_factory=count)

    async def run(self, stop: asyncio.Event, writers: int, prober: Client) -> None:
        """Work until `stop`, then finish what was begun. Two more try all the time whether one can ask and write."""
        waiting = list(self.town.people)
        Random(self.seed).shuffle(waiting)
        await self._register(waiting.pop())
        async with asyncio.TaskGroup() as group:
            for number in range(writers):
                group.create_task(self._work(Random(f"{self.seed}-{number}"), waiting, stop))
            group.create_task(self._probe_reads(prober, stop))
            group.create_task(self._probe_writes(prober, stop))

    async def _work(self, chance: Random, waiting: list[Person], stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(NoAnswer):
                if waiting and chance.random() < 0.25:
                    await self._register(waiting.pop())
                else:
                    await self._serve(chance.choice(self._registered), chance)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _register(self, person: Person) -> None:
        thing = self.model.registrations[person.id] = Thing(person.id, community=person.community)
        unit, host = self.town.badges.unit(person.unit), self.town.badges.host(person.community)
        with self.model.command(thing, "SUBMITTED"):
            submitted = await self._do(SUBMIT, unit, {"memberId": person.id}, "Registration", "AlreadySubmitted")
        thing.id = submitted.get("registrationId") or submitted["id"]
        with self.model.command(thing, "CERTIFIED"):
            certified = await self._do(CERTIFY, unit, {"registrationId": thing.id}, "Registration", "AlreadyCertified")
        number = certified.get("number") or certified["certificateNumber"]
        with self.model.command(thing, "COMPLETED"):
            receipt = {"certificateNumber": number, "receivedOn": "2017-01-05"}
            await self._do(RECEIVE, host, receipt, "Registration", "AlreadyCompleted")
        self._registered.append(person)

    async def _serve(self, person: Person, chance: Random) -> None:
        host = self.town.badges.host(person.community)
        thing, row = self._record(person, chance)
        with self.model.command(thing, "SUBMITTED"):
            thing.id = (await self._do(SERVE, host, row, "ServiceRecord"))["id"]
        if chance.random() < 0.8:
            with self.model.command(thing, "CONFIRMED"):
                decided = {"recordId": thing.id, "method": "ON_SITE"}
                await self._do(CONFIRM, host, decided, "ServiceRecord", "RecordDecided")
        elif chance.random() < 0.5:
            with self.model.command(thing, "REJECTED"):
                decided = {"recordId": thing.id, "reason": "经核实未到场"}
                await self._do(REJECT, host, decided, "ServiceRecord", "RecordDecided")

    def _record(self, person: Person, chance: Random) -> tuple[Thing, Json]:
        reference, hours = f"{self.seed}-{next(self._references)}", Decimal(chance.randint(1, 40)) / 10
        thing = self.model.records[reference] = Thing(reference, community=person.community, hours=hours)
        row: Json = {
            "memberId": person.id,
            "communityCode": person.community,
            "activity": "文明劝导",
            "servedOn": f"{YEAR}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "hours": str(hours),
            "vanguard": "VOLUNTEERING",
            "provenance": "CHECKED_IN",
            "reference": reference,
        }
        return thing, row

    async def _do(self, command: str, token: str, input: Json, *good: str) -> Json:
        """Insist until one of the `good` answers comes (their names end so). The end of a lost first attempt is one."""
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            answer = await self.client.insist(command, token, PATIENCE_SECONDS, input=input)
            kind = str(answer["__typename"])
            if kind.endswith(good):
                return answer
            if kind != NOT_YET:
                raise Contradiction(f"{answer} to {input}")
            if monotonic() > deadline:
                raise Contradiction(f"not heard of within {PATIENCE_SECONDS} s: {input}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _probe_reads(self, prober: Client, stop: asyncio.Event) -> None:
        token = self.town.badges.city()
        while not stop.is_set():
            with suppress(Failed):
                await prober.ask(LOOK, token, code=COMMUNITIES[0])
                self.reads.note()
            await asyncio.sleep(PAUSE_SECONDS)
        self.reads.end()

    async def _probe_writes(self, prober: Client, stop: asyncio.Event) -> None:
        person, chance = self._registered[0], Random(self.seed)
        while not stop.is_set():
            thing, row = self._record(person, chance)
            thing.maybe = "SUBMITTED"
            while not stop.is_set():
                with suppress(Failed):
                    answer = await prober.ask(SERVE, self.town.badges.host(person.community), input=row)
                    if answer["__typename"] == "ServiceRecord":
                        thing.status, thing.maybe = "SUBMITTED", None
                        self.model.acknowledged += 1
                        self.writes.note()
                        break
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)
        self.writes.end()
