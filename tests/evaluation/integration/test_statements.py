"""Evaluation statements: counted once, signed, checked by anybody, and made anew from the archive."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from evaluation.api.schema import subgraph
from evaluation.signing import Signer
from evaluation.storage import statements
from evaluation.storage.collections import STATEMENTS
from servicekit.graphql import Context
from servicekit.security import ANONYMOUS, Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.events import consume, event, record, registered
from tests.evaluation.issuing import reproduced

SUBGRAPH = subgraph()
SIGNER = Signer(Ed25519PrivateKey.generate())
MEMBER = Principal("m1", (Grant(Role.MEMBER, "m1"),))
UNIT_ADMIN = Principal("admin", (Grant(Role.UNIT_ADMIN, "u1"),))
ISSUE = """mutation { issueStatement(input: {%s, year: %d}) {
    __typename ... on Statement { id number digest signature rows { name value } } ... on Refusal { code path } } }"""


class Graph:
    def __init__(self, database: Database, commands: Commands) -> None:
        self.database, self.commands, self.signer = database, commands, SIGNER

    async def __call__(self, query: str, principal: Principal = MEMBER) -> dict[str, Any]:
        context = Context(
            policy=SUBGRAPH.policy,
            principal=principal,
            language="en",
            database=self.database,
            commands=self.commands,
            resources={Signer: self.signer},
        )
        answer = await SUBGRAPH.execute(query, context=context)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def issue(self, subject: str, principal: Principal = MEMBER, year: int = 2017) -> dict[str, Any]:
        made: dict[str, Any] = (await self(ISSUE % (subject, year), principal))["issueStatement"]
        return made


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Graph:
    """m1 of unit u1, registered, with two services in March and one in April."""
    line = {"member_id": "m1", "unit_id": "u1", "division": "350802001", "active": True, "joined_on": "2016-01-01"}
    unit = {"unit_id": "u1", "division": "350802001", "name": "第一中学", "line": "education"}
    told = [
        event("registration", "unit-registered", "u1", 1, "350802", unit),
        event("registration", "member-joined", "m1", 1, "350802", line),
        registered("m1"),
        *(record(f"{number}", 1, "CONFIRMED", member="m1") for number in range(2)),
        record("2", 1, "CONFIRMED", member="m1", on="2017-04-07"),
    ]
    await consume(commands, told)
    return Graph(database, commands)


async def test_a_person_gets_a_statement_that_goes_back_to_the_home_unit(graph: Graph) -> None:
    made = await graph.issue('memberId: "m1"')

    figures = {row["name"]: row["value"] for row in made["rows"]}
    assert figures == {"Services": "3", "Hours served": "4.5", "Stars": "0", "Vanguard: mediation": "3"}
    returned = await graph('{ statements(unit: "u1") { nodes { number kind subject } } }', UNIT_ADMIN)
    assert returned["statements"]["nodes"] == [{"number": made["number"], "kind": "PERSON", "subject": "m1"}]


async def test_a_unit_gets_one_of_its_members_together(graph: Graph) -> None:
    made = await graph.issue('unitId: "u1"', UNIT_ADMIN)

    figures = {row["name"]: row["value"] for row in made["rows"]}
    assert (figures["Active roster lines"], figures["Service rate"], figures["Person-visits"]) == ("1", "100.00", "3")


async def test_anybody_with_the_number_checks_what_it_says_and_that_it_was_signed(graph: Graph) -> None:
    made = await graph.issue('memberId: "m1"')
    query = '{ verifyStatement(number: "%s", digest: "%s") { digestMatches signatureValid publicKey rows { value } } }'

    right = (await graph(query % (made["number"].lower(), made["digest"]), ANONYMOUS))["verifyStatement"]
    wrong = (await graph(query % (made["number"], "0" * 64), ANONYMOUS))["verifyStatement"]

    assert (right["digestMatches"], right["signatureValid"], wrong["digestMatches"]) == (True, True, False)
    assert right["publicKey"].startswith("-----BEGIN PUBLIC KEY-----")
    assert right["rows"][0]["value"] == "3"


async def test_what_an_earlier_key_signed_holds_after_the_key_was_changed_and_not_when_it_was_given_up(
    graph: Graph, tmp_path: Path
) -> None:
    made = await graph.issue('memberId: "m1"')
    query = f'{{ verifyStatement(number: "{made["number"]}") {{ signatureValid publicKey }} }}'
    new, earlier = Ed25519PrivateKey.generate(), str(SIGNER.public_key)
    (tmp_path / "new.pem").write_bytes(pem(new) + earlier.encode())

    for signer, holds, key in (
        (Signer.from_file(tmp_path / "new.pem"), True, earlier),
        (Signer(new), False, Signer(new).public_key),
    ):
        graph.signer = signer
        assert (await graph(query, ANONYMOUS))["verifyStatement"] == {"signatureValid": holds, "publicKey": key}
        assert signer.public_key == Signer(new).public_key


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("beside", [b"", pem(Ed25519PrivateKey.generate())], ids=["nothing", "a second private key"])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, beside: bytes) -> None:
    (tmp_path / "bad.pem").write_bytes((pem(Ed25519PrivateKey.generate()) if beside else b"") + beside)

    with pytest.raises(ValueError, match="something else"):
        Signer.from_file(tmp_path / "bad.pem")


async def test_a_statement_that_was_altered_afterwards_is_seen(graph: Graph, database: Database) -> None:
    made = await graph.issue('memberId: "m1"')
    await database[STATEMENTS].update_one({"number": made["number"]}, {"$set": {"digest": "f" * 64}})

    query = f'{{ verifyStatement(number: "{made["number"]}") {{ signatureValid }} }}'

    assert (await graph(query, ANONYMOUS))["verifyStatement"]["signatureValid"] is False


@pytest.mark.parametrize(("subject", "principal"), [('memberId: "m1"', MEMBER), ('unitId: "u1"', UNIT_ADMIN)])
async def test_an_old_statement_is_made_anew_bit_for_bit_after_later_corrections(
    graph: Graph, database: Database, commands: Commands, subject: str, principal: Principal
) -> None:
    made = await graph.issue(subject, principal)
    await consume(commands, [record("1", 2, "REJECTED", member="m1")])

    assert (await reproduced(database, made["number"])).digest() == made["digest"]


async def test_a_statement_of_before_rules_were_noted_comes_out_as_it_was(graph: Graph, database: Database) -> None:
    made = await graph.issue('memberId: "m1"')
    await database[STATEMENTS].update_one({"number": made["number"]}, {"$unset": {"content.rules": ""}})
    kept = (await statements.find(database, [made["id"]]))[made["id"]]

    assert (await reproduced(database, made["number"])).digest() == kept.content.digest() != made["digest"]


@pytest.mark.parametrize("year", [1800, 2999])
async def test_a_statement_of_a_year_that_is_none_or_to_come_is_refused_at_its_field(graph: Graph, year: int) -> None:
    made = await graph.issue('memberId: "m1"', year=year)

    assert (made["code"], made["path"]) == ("InvalidInput", "input.year")


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ('memberId: "m9"', "NotFound"),
        ('memberId: "m1", unitId: "u1"', "InvalidInput"),
        ("unitId: null", "InvalidInput"),
    ],
)
async def test_a_statement_of_nobody_or_of_two_is_refused(graph: Graph, subject: str, code: str) -> None:
    assert (await graph.issue(subject))["code"] == code


async def test_a_mistyped_number_is_told_from_an_unknown_one(graph: Graph) -> None:
    made = await graph.issue('memberId: "m1"')
    context = Context(policy=SUBGRAPH.policy, principal=ANONYMOUS, database=graph.database)
    mistyped = made["number"][:-1] + ("1" if made["number"][-1] != "1" else "2")

    answer = await SUBGRAPH.execute(f'{{ verifyStatement(number: "{mistyped}") {{ number }} }}', context=context)

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_without_a_key_nothing_is_signed() -> None:
    assert Signer(None).sign(b"x") is None
    assert Signer(None).public_key is None
