"""After a whole scenario, faults included, nothing of a beneficiary's identity is anywhere but in the reveals."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import orjson
import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.storage.collections import BENEFICIARIES
from servicekit.graphql import http
from servicekit.security import Role
from servicekit.storage.outbox import OUTBOX
from servicekit.telemetry.logging import configure_logging

NAME, PHONE, ADDRESS, GUARDIAN = "欧阳淑芬", "13959017788", "莲花小区 9 号楼 702", "诸葛建国"
TELLING = (NAME, PHONE, ADDRESS, "9 号楼", GUARDIAN, "13700007788")
WHO = {
    "name": NAME,
    "phone": PHONE,
    "address": ADDRESS,
    "guardian": {"name": GUARDIAN, "relation": "父亲", "phone": "13700007788"},
    "consent": {"version": "2026-1", "givenOn": "2026-03-01"},
}
REFUSED = "... on Refusal { code message nextStep path }"
RECORD = f"mutation($v: RecordBeneficiaryInput!) {{ recordBeneficiary(input: $v) {{ __typename {REFUSED} }} }}"
REVEAL = """mutation($v: RevealBeneficiaryInput!) { revealBeneficiary(input: $v) { __typename
  ... on RevealedBeneficiary { name contact { name phone address } } } }"""
LISTS = """query($of: [_Any!]!, $offer: ID!) {
  beneficiary(offerId: $offer) { held minor consent { version } reveals { nodes { by purpose } } }
  _entities(representations: $of) { ... on Community { offers { nodes { title description } }
    beneficiaryReveals { nodes { by } } claims { nodes { id } } records { nodes { activity content } } } } }"""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(http, "tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


@contextmanager
def logging_as_in_production() -> Iterator[io.StringIO]:
    written = io.StringIO()
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    with redirect_stderr(written):
        configure_logging("service-tracking", level="debug")
    yield written
    structlog.configure(**before)
    logging.basicConfig(handlers=handlers, level=level, force=True)


async def play(town: Any, api: Any, need: Offer) -> tuple[list[Any], list[Any]]:
    """What was answered, and what the reveals answered."""
    (member,) = await town.members(1)
    host, me, elsewhere = (Role.HOST, town.community), (Role.MEMBER, member), (Role.HOST, "350802999999")
    row = {"offerId": need.id, **WHO}
    answers = [await api.ask(RECORD, host, v=row), await api.ask(RECORD, elsewhere, v=row)]
    wrong = [
        {**row, "unknown": 1},
        {**row, "phone": [PHONE]},
        {**row, "consent": NAME},
        {**row, "consent": {"version": "1", "givenOn": ADDRESS}},
        {key: value for key, value in row.items() if key != "address"},
        {**row, "name": NAME * 20},
        {**row, "guardian": {**WHO["guardian"], "phone": NAME}},
        {**row, "offerId": "no such offer"},
        row["name"],
    ]
    answers += [await api.ask(RECORD, host, v=one) for one in wrong]
    edit = f"mutation($v: EditOfferInput!) {{ editOffer(input: $v) {{ __typename {REFUSED} }} }}"
    told = [{"offerId": need.id, "version": 1, field: f"给{NAME}送餐"} for field in ("title", "description", "place")]
    edits = [await api.ask(edit, one, v=row) for row in told for one in (host, elsewhere)]
    assert {one["data"]["editOffer"]["__typename"] for one in edits} == {
        "IdentityInPublicText",
        "InvalidInput",
        "NotPermitted",
    }
    answers += edits
    claim = await town.claim(need, member)
    reveal = {"offerId": need.id, "purpose": "a visit"}
    revealed = [await api.ask(REVEAL, one, v=reveal) for one in (host, me)]
    record = await town.submit(member, claim_id=claim.id)
    code = await town.code(claim_id=claim.id)
    confirm = f"mutation($v: ConfirmByCodeInput!) {{ confirmByCode(input: $v) {{ __typename {REFUSED} }} }}"
    answers += [await api.ask(confirm, me, v={"recordId": record.id, "code": one}) for one in ("00000000", code, code)]
    of = [{"__typename": "Community", "code": town.community}]
    answers += [await api.ask(LISTS, one, of=of, offer=need.id) for one in (host, me, (Role.AUDITOR, "350800"))]
    answers += await faults(town, api, need, reveal, host)
    erase = "mutation($v: EraseBeneficiaryInput!) { eraseBeneficiary(input: $v) { __typename } }"
    answers.append(await api.ask(erase, host, v={"offerId": need.id}))
    return answers, revealed


async def faults(town: Any, api: Any, need: Offer, reveal: dict[str, str], host: Any) -> list[Any]:
    """A key that is gone, and a sealed text that is no identity."""
    broken = (f"gone.{'A' * 60}", town.vault.seal(f'{{"name": "{NAME}", "phone": 5}}', need.id))
    answers = []
    for sealed in broken:
        await town.database[BENEFICIARIES].update_one({"_id": need.id}, {"$set": {"sealed": sealed}})
        answers.append(await api.ask(REVEAL, host, v=reveal))
    return answers


async def test_no_log_event_error_span_or_document_tells_who_is_helped(
    town: Any, api: Any, spans: InMemorySpanExporter
) -> None:
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)

    with logging_as_in_production() as logs:
        answers, revealed = await play(town, api, need)

    told = {
        "answers": orjson.dumps(answers).decode(),
        "logs": logs.getvalue(),
        "spans": "".join(span.to_json() for span in spans.get_finished_spans()).encode().decode("unicode_escape"),
        "events": "".join([str(row["body"].decode()) async for row in town.database[OUTBOX].find()]),
        "documents": "".join(
            [
                str(document)
                for name in await town.database.list_collection_names()
                async for document in town.database[name].find()
            ]
        ),
    }
    assert all((NAME in str(one) and PHONE in str(one)) or GUARDIAN in str(one) for one in revealed)
    assert all(told.values())
    assert "graphql.fault" in told["logs"]
    assert "beneficiary.revealed" in told["logs"]
    assert [(where, one) for where, text in told.items() for one in TELLING if one in text] == []
