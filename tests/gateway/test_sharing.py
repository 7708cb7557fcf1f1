"""Identical fetches in flight are sent once: for one principal, and never across a write."""

import asyncio
from pathlib import Path

import pytest
from gateway.executor.sharing import Sharing

from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.support.waiting import eventually


class Call:
    """Counts how often it was really made; answers when released."""

    def __init__(self) -> None:
        self.made = 0
        self.cancelled = 0
        self.released = asyncio.Event()

    async def __call__(self) -> int:
        self.made += 1
        number = self.made
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return number


async def started(sharing: Sharing[str, int], call: Call, times: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(sharing.share("same", call)) for _ in range(times)]
    await eventually(lambda: call.made > 0)
    await asyncio.sleep(0)
    return tasks


async def test_callers_of_the_same_share_one_call_and_later_ones_make_their_own() -> None:
    sharing: Sharing[str, int] = Sharing()
    call = Call()
    tasks = await started(sharing, call, 5)

    call.released.set()

    assert await asyncio.gather(*tasks) == [1] * 5
    assert await sharing.share("same", call) == 2


async def test_one_who_goes_away_takes_nothing_from_the_others() -> None:
    sharing: Sharing[str, int] = Sharing()
    call = Call()
    first, second = await started(sharing, call, 2)

    first.cancel()
    call.released.set()

    assert await second == 1
    await asyncio.wait([first])
    assert first.cancelled()


async def test_a_call_for_which_nobody_waits_any_more_is_cancelled() -> None:
    sharing: Sharing[str, int] = Sharing()
    call = Call()
    tasks = await started(sharing, call, 2)

    for task in tasks:
        task.cancel()

    await eventually(lambda: call.cancelled == 1)
    assert not sharing.is_flying("same")


async def test_after_a_write_nobody_joins_what_began_before_it() -> None:
    sharing: Sharing[str, int] = Sharing()
    call = Call()
    (before,) = await started(sharing, call, 1)

    sharing.forget()
    after = asyncio.create_task(sharing.share("same", call))
    await eventually(lambda: call.made == 2)
    call.released.set()

    assert (await before, await after) == (1, 2)


async def test_a_failure_is_everybodys() -> None:
    sharing: Sharing[str, int] = Sharing()

    async def fail() -> int:
        await asyncio.sleep(0)
        raise ValueError

    found = await asyncio.gather(*(sharing.share("same", fail) for _ in range(3)), return_exceptions=True)

    assert [type(one) for one in found] == [ValueError] * 3


@pytest.mark.parametrize(("principals", "fetches"), [(["a", "a", "a"], 1), (["a", "b", "a"], 2)])
async def test_only_fetches_of_one_principal_are_shared(tmp_path: Path, principals: list[str], fetches: int) -> None:
    async with running_gateway(tmp_path, HUIJIA_SUBGRAPH_TIMEOUT_SECONDS="15") as gateway:
        gateway.subgraphs.faults["people"] = "hang"
        tokens = {name: gateway.token(sub=name) for name in principals}

        asking = [
            asyncio.create_task(gateway.post("{ me { id } }", {"authorization": f"Bearer {tokens[name]}"}))
            for name in principals
        ]
        await eventually(lambda: _shared(gateway, len(principals) - fetches))
        gateway.subgraphs.released.set()

        assert await asyncio.gather(*asking) == [(200, {"data": {"me": {"id": "m1"}}})] * 3
        assert gateway.subgraphs.calls == ["people"] * fetches


async def _shared(gateway: GatewayProcess, times: int) -> bool:
    """All have arrived: those that share are counted, the others have reached the subgraph."""
    async with gateway.session.get(f"{gateway.url}/metrics") as response:
        text = await response.text()
    counted = f'gateway_shared_fetches_total{{subgraph="people"}} {times}.0' in text
    return counted and len(gateway.subgraphs.calls) == 3 - times
