"""A changed supergraph file is served without a dropped request; a broken one changes nothing."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from gateway.graph_file import GraphFile
from gateway.metrics import RELOADS
from gateway.settings import Settings
from graphql import GraphQLObjectType

from tests.gateway.conftest import running_gateway
from tests.gateway.stub import FIXTURES
from tests.support.waiting import eventually


async def test_a_changed_file_is_served_and_a_broken_one_is_not(tmp_path: Path) -> None:
    good = (FIXTURES / "supergraph.graphql").read_text()
    async with running_gateway(tmp_path, HUIJIA_RELOAD_SECONDS="0.1") as gateway:
        gateway.subgraphs.faults["people"] = "hang"
        asking = asyncio.create_task(gateway.post("{ me { card } }"))
        await asyncio.wait_for(gateway.subgraphs.arrived.wait(), 10)

        async def knows_card() -> bool:
            _, answer = await gateway.post('{ __type(name: "Member") { fields { name } } }')
            return {"name": "card"} in answer["data"]["__type"]["fields"]

        gateway.supergraph.write_text(good.replace("  card: String!", "  ticket: String!"))
        await eventually(lambda: _not(knows_card()), message="the changed file is served")
        gateway.subgraphs.faults.clear()
        gateway.subgraphs.released.set()

        assert await asking == (200, {"data": {"me": {"card": "card-1"}}})
        gateway.supergraph.write_text("type Query { broken: Int }")
        await eventually(lambda: "supergraph.refused" in (tmp_path / "gateway.log").read_text())
        assert not await knows_card()


async def test_no_request_is_dropped_while_the_file_changes_again_and_again(tmp_path: Path) -> None:
    good = (FIXTURES / "supergraph.graphql").read_text()
    async with running_gateway(tmp_path, HUIJIA_RELOAD_SECONDS="0.02") as gateway:

        def reloads() -> int:
            return (tmp_path / "gateway.log").read_text().count("supergraph.reloaded")

        async def changing() -> None:
            for number in range(5):
                gateway.supergraph.write_text(f"{good}\n# {number}\n")
                await eventually(partial(_reached, reloads, number + 1), within=60)

        async def asking() -> list[tuple[int, object]]:
            answers = []
            while not changes.done():
                answers.append(await gateway.post("{ members(first: 2) { id standing } }"))
            return answers

        changes = asyncio.create_task(changing())
        answers = [one for some in await asyncio.gather(*(asking() for _ in range(4))) for one in some]
        await changes

    assert len(answers) > 8
    assert all(status == 200 and "errors" not in answer for status, answer in answers), answers
    assert len({repr(answer) for _, answer in answers}) == 1


class Sayings:
    """A file that says one thing after the other; then the last one. An exception says that it isn't there."""

    def __init__(self, *texts: str | OSError) -> None:
        self.texts = list(texts)

    def read_text(self, encoding: str) -> str:
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        if isinstance(text, OSError):
            raise text
        return text


GOOD = (FIXTURES / "supergraph.graphql").read_text()
PART = GOOD.replace("  card: String!", "")


async def reloaded(file: Sayings, times: int = 1) -> GraphFile:
    graph = GraphFile(FIXTURES / "supergraph.graphql", Settings())
    graph._path = cast(Path, file)
    for _ in range(times):
        await graph._reload()
    return graph


async def test_a_file_that_is_being_written_is_not_served_yet() -> None:
    served = RELOADS.labels("served")._value
    before = served.get()

    graph = await reloaded(Sayings(PART, GOOD + "# n", GOOD + "# new"))

    assert served.get() - before == 1
    assert "card" in cast(GraphQLObjectType, graph.engine.schema.type_map["Member"]).fields


async def test_a_file_that_is_not_there_is_told_of_once() -> None:
    refused = RELOADS.labels("refused")._value
    before = refused.get()

    await reloaded(Sayings(FileNotFoundError("gone")), times=3)
    assert refused.get() - before == 1

    await reloaded(Sayings(FileNotFoundError("gone"), GOOD, FileNotFoundError("gone")), times=3)
    assert refused.get() - before == 3


def _reached(found: Callable[[], int], wanted: int) -> bool:
    return found() >= wanted


async def _not(found: object) -> bool:
    return not await found  # type: ignore[misc]
