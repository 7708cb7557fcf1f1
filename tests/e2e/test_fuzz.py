"""Generated operations over the whole graph, asked as many kinds of people. `make fuzz` asks many more."""

import asyncio

from tests.e2e.conftest import Town
from tests.fuzz.__main__ import known_texts, places_of
from tests.fuzz.asking import Asker, tokens
from tests.fuzz.run import fuzz

OPERATIONS = 150


async def test_no_operation_brings_a_fault_to_light(town: Town) -> None:
    asker = Asker(town.endpoint.url, tokens(town.local.keys, places_of(town.stage)))

    asked = await asyncio.to_thread(fuzz, asker, OPERATIONS, known_texts(town.stage))

    asker.close()
    assert asker.complaints == []
    assert asked == OPERATIONS
    # Some were answered, some refused for who asked and some for what was asked.
    assert {"none", "FORBIDDEN"} < set(asker.codes)
