"""Attacks on a real gateway process: each is refused before anything is planned or fetched, and memory stays bounded.

`pytest -s tests/gateway/test_attacks.py` prints the figures.
"""

import json
import sys
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from gateway.limits import check_tokens
from gateway.refusals import Refused

from tests.gateway.conftest import GatewayProcess, running_gateway

MIB = 1024 * 1024
MOST_GROWTH = 50 * MIB
DOUBLING = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))


def aliases(count: int) -> str:
    return "{" + " ".join(f"a{number}: __typename" for number in range(count)) + "}"


DOCUMENTS = {
    "10,000 aliases": (aliases(10_000), "TOKEN_LIMIT"),
    "2,000 aliases": (aliases(2_000), "ALIAS_LIMIT"),
    "depth 200": ("{" + "me{friends{" * 100 + "id" + "}}" * 100 + "}", "DEPTH_LIMIT"),
    "a cycle of fragments": (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "GRAPHQL_VALIDATION",
    ),
    "fragments that double 60 times": (f"{{ ...F0 }} {DOUBLING} fragment F60 on Query {{ __typename }}", "_LIMIT"),
    "900 fields of one name": ("{ members { " + "friends { id } " * 900 + "} }", "GRAPHQL_VALIDATION"),
    "lists 1,000 deep": ("{ communities(filter: {numbers: " + "[" * 1_000 + "]" * 1_000 + "}) { id } }", "DEPTH_LIMIT"),
    "3,000 directives on a field": ("{ me " + "@skip(if: false) " * 3_000 + "{ id } }", "TOKEN_LIMIT"),
    "a document of quotes, 1.8 MB": ('"' * 900_000, "TOKEN_LIMIT"),
    "a string without an end, 1.8 MB": ('{ me(a: "' + "\\a" * 600_000, "GRAPHQL_PARSE_FAILED"),
    "introspection where it is off": ("{ __schema { types { name } } }", "INTROSPECTION_DISABLED"),
    "@defer": ("{ ... @defer { me { id } } }", "DIRECTIVE_NOT_SUPPORTED"),
}


@pytest_asyncio.fixture(scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("gateway")
    async with running_gateway(folder, HUIJIA_INTROSPECTION="false") as gateway:
        for _ in range(3):
            await gateway.post("{ me { id } }")
        gateway.subgraphs.reset()
        yield gateway


def memory(gateway: GatewayProcess) -> int:
    lines = Path(f"/proc/{gateway.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


async def attacked(gateway: GatewayProcess, name: str, body: bytes) -> tuple[str, int]:
    """The code of the answer and the growth of memory; tells both, with the time it took."""
    before, began = memory(gateway), time.perf_counter()
    headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
    async with gateway.session.post(f"{gateway.url}/graphql", data=BytesIO(body), headers=headers) as response:
        answer = await response.json(content_type=None)
    milliseconds, growth = (time.perf_counter() - began) * 1000, memory(gateway) - before
    code = str(answer["errors"][0]["extensions"]["code"]) if "errors" in answer else "answered"
    sys.stdout.write(f"{name}: {code}, {milliseconds:.0f} ms, {growth / MIB:+.1f} MiB\n")
    return code, growth


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_refused_before_anything_is_fetched(target: GatewayProcess, name: str) -> None:
    document, expected = DOCUMENTS[name]

    code, growth = await attacked(target, name, json.dumps({"query": document}).encode())

    assert expected in code
    assert growth < 30 * MIB
    assert not target.subgraphs.calls


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a body of 10 MB", b'{"query": "' + b" " * 10_000_000 + b'"}', "BODY_LIMIT"),
        ("a batch of 1,000", json.dumps([{"query": "{ me { id } }"}] * 1_000).encode(), "BATCHING_NOT_SUPPORTED"),
        ("JSON 100,000 deep", b"[" * 100_000, "BAD_REQUEST"),
        (
            "unknown variables, 1.9 MB",
            b'{"query": "{", "variables": {"v": [' + b"1," * 950_000 + b"1]}}",
            "VARIABLE_LIMIT",
        ),
    ],
)
async def test_a_hostile_body_is_refused(target: GatewayProcess, name: str, body: bytes, expected: str) -> None:
    code, growth = await attacked(target, name, body)

    assert expected in code
    assert growth < 60 * MIB
    assert not target.subgraphs.calls


async def test_a_flood_of_documents_fills_no_memory(target: GatewayProcess) -> None:
    """Each is valid, large and new, so each is read and planned, and is kept. No subgraph need work for it."""
    target.subgraphs.faults["people"] = "garbage"
    before = memory(target)
    fields = (
        " ".join(f"a{n}: name" for n in range(240)) + " id" * 100 + f" home {{ {'city ' * 100} {'street ' * 100} }}"
    )
    for number in range(20):
        _, answer = await target.post(f"query Q{number} {{ me {{ {fields} }} }}")
        assert answer["errors"][0]["extensions"]["code"] == "SUBREQUEST_MALFORMED"
    sys.stdout.write(f"20 large documents: {(memory(target) - before) / MIB:+.1f} MiB\n")

    assert memory(target) - before < MOST_GROWTH


async def test_names_of_a_megabyte_fill_neither_the_metrics_nor_the_log(target: GatewayProcess) -> None:
    """A name is one token, and becomes a label of sixteen lines: a hundred made a scrape one of gigabytes."""
    for number in range(10):
        _, answer = await target.post(f"query Q{number}{'x' * MIB} {{ __typename }}")
        assert answer == {"data": {"__typename": "Query"}}

    async with target.session.get(f"{target.url}/metrics") as metrics:
        told = await metrics.read()

    assert b"Q9xx" in told
    assert len(told) < MIB


@pytest.mark.parametrize("text", ['"\\' * 900_000, "#" * 1_900_000, '"""' + '\\"' * 900_000, "a" * 1_900_000])
def test_counting_tokens_takes_linear_time(text: str) -> None:
    """A text that was looked at again and again would take hours here, and run into the test's time limit."""
    check_tokens(text, 8_000)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ('{ a(b: "x y # z", c: """d "e" f""") }', 11),
        ("query Q($v: [Int!]! = -1.5e3) { ...F @skip(if: true) } # end", 26),
    ],
)
def test_tokens_are_counted_as_the_specification_does(text: str, tokens: int) -> None:
    check_tokens(text, tokens)
    with pytest.raises(Refused):
        check_tokens(text, tokens - 1)
