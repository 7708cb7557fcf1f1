"""The committed supergraphs are what their subgraph schemas compose to."""

import asyncio
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from gateway.api_schema import api_schema
from gateway.planner.graph import QueryGraph
from gateway.supergraph import SupergraphError, read_supergraph

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "gateway" / "compose"
installed = shutil.which("node") and (COMPOSE / "node_modules").is_dir()


FILES = [
    ("gateway/compose/subgraphs.json", "gateway/supergraph.graphql"),
    ("tests/gateway/fixtures/subgraphs.json", "tests/gateway/fixtures/supergraph.graphql"),
]


@pytest.mark.parametrize(("config", "supergraph"), FILES)
def test_the_supergraph_was_composed_from_these_very_schemas(config: str, supergraph: str) -> None:
    """Provable without Node: the file begins with the digests of the schemas that it was composed from."""
    subgraphs = json.loads((ROOT / config).read_text(encoding="utf-8"))

    composed = (ROOT / supergraph).read_text(encoding="utf-8").splitlines()[: len(subgraphs)]

    digests = {one["name"]: sha256((ROOT / one["sdl"]).read_bytes()).hexdigest() for one in subgraphs}
    assert composed == [f"# {name} sha256:{digest}" for name, digest in digests.items()], "run `make supergraph`"


@pytest.mark.skipif(not installed, reason="needs Node and the packages of gateway/compose (make supergraph)")
@pytest.mark.parametrize(("config", "supergraph"), FILES)
async def test_the_supergraph_is_composed_from_the_committed_schemas(config: str, supergraph: str) -> None:
    arguments = ["--config", str(ROOT / config), "--out", str(ROOT / supergraph), "--check"]

    process = await asyncio.create_subprocess_exec("node", "compose.mjs", *arguments, cwd=COMPOSE)

    assert await process.wait() == 0


def test_the_city_has_its_three_subgraphs() -> None:
    supergraph = read_supergraph((ROOT / "gateway" / "supergraph.graphql").read_text(encoding="utf-8"))

    assert set(supergraph.subgraphs) == {"registration", "service-tracking", "evaluation"}
    entries = QueryGraph(supergraph).entries("Member")
    assert {entry.subgraph for entry in entries} == set(supergraph.subgraphs)
    assert "join__Graph" not in api_schema(supergraph).type_map


@pytest.mark.parametrize("text", ["", "type Query { a: Int }", "{ a"])
def test_what_is_no_supergraph_is_refused(text: str) -> None:
    with pytest.raises(SupergraphError):
        read_supergraph(text)
