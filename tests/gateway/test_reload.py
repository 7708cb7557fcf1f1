"""A changed supergraph file is served without a dropped request; a broken one changes nothing."""

import asyncio
from pathlib import Path

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


async def _not(found: object) -> bool:
    return not await found  # type: ignore[misc]
