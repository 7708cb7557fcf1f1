"""Sampling: the same draw gives the same records; each is checked once, by somebody who had nothing to do with it."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.domain.refusals import OwnRecord, RecordDecided, SecondPersonRequired
from service_tracking.domain.sample import Draw, Finding
from service_tracking.storage.collections import SAMPLED
from service_tracking.use_cases.ask_correction import AskCorrection, ask_correction
from service_tracking.use_cases.check_sampled import CheckSampled, check_sampled
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.decide_correction import DecideCorrection, decide_correction
from service_tracking.use_cases.draw_sample import draw_sample
from servicekit.domain import InvalidInput, Refusal
from servicekit.security import Role

STREET = Person("street")
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


async def served(town: Any, count: int) -> list[str]:
    """So many confirmed records of one member."""
    (member,) = await town.members(1)
    records = [await town.submit(member) for _ in range(count)]
    rows = [ConfirmRecord(record.id, ConfirmationMethod.VISIT) for record in records]
    await town.run(confirm_records, Person("host"), rows)
    return [record.id for record in records]


async def drawn(town: Any, seed: str = "s", size: int = 5) -> tuple[str, list[str]]:
    sample = await town.run(draw_sample, Draw(town.community, *YEAR, size, seed))
    found = town.database[SAMPLED].find({"sample_id": sample.id}, sort=[("_id", 1)])
    return sample.id, [one["record_id"] async for one in found]


async def test_the_same_draw_is_the_same_sample_however_much_is_confirmed_since(town: Any) -> None:
    ids = await served(town, 12)

    first = await drawn(town)
    await served(town, 6)
    again = await drawn(town)
    other = await drawn(town, seed="another")

    assert again == first
    assert first[1] == Draw(town.community, *YEAR, 5, "s").pick(reversed(ids))
    assert set(other[1]) != set(first[1])


async def test_it_holds_confirmed_records_of_the_place_and_period_only(town: Any) -> None:
    ids = await served(town, 3)
    (member,) = await town.members(1)
    await town.submit(member)
    await town.submit(member, served_on=date(2025, 3, 5))

    _, records = await drawn(town, size=100)

    assert set(records) == set(ids)


async def test_drawn_at_once_it_is_one_sample(town: Any) -> None:
    await served(town, 3)

    samples = await asyncio.gather(*(drawn(town) for _ in range(4)))

    assert len({id for id, _ in samples}) == 1


async def test_a_second_check_is_by_somebody_else_and_once(town: Any, api: Any) -> None:
    await served(town, 1)
    id, (record_id,) = await drawn(town)
    await town.run(ask_correction, Person("unit"), AskCorrection(record_id, "it was longer", hours=Decimal(3)))
    await town.run(decide_correction, Person("county"), DecideCorrection(record_id, approve=False))
    record = await town.kept("records", record_id)

    async def check(by: Person, finding: Finding = Finding.REFUTED, note: str = "nobody knows of it") -> Any:
        try:
            return await town.run(check_sampled, by, CheckSampled(f"{id}-000", finding, note))
        except Refusal as refusal:
            return type(refusal)

    refused = [
        *[await check(Person(who)) for who in ("host", "unit", "county", record["recorder"])],
        await check(Person("x", frozenset({record["member_id"]}))),
        await check(STREET, note=" "),
    ]
    at_once = await asyncio.gather(*(check(STREET) for _ in range(3)))
    document = """query($d: ID!) { samples(divisionCode: $d) { nodes { drawn records { nodes { finding checkedBy
      record { activity } } } } } }"""
    seen = await api.result(document, (Role.AUDITOR, "350800"), d=town.community)

    assert refused == [*[SecondPersonRequired] * 4, OwnRecord, InvalidInput]
    assert sorted(one is RecordDecided for one in at_once) == [False, True, True]
    (listed,) = seen["nodes"]
    assert listed["records"]["nodes"] == [
        {"finding": "REFUTED", "checkedBy": "street", "record": {"activity": "Night patrol"}}
    ]


@pytest.mark.parametrize(
    ("draw", "path"),
    [
        (Draw("35", *YEAR, 5, "s"), "division_code"),
        (Draw("350802", YEAR[1], YEAR[0], 5, "s"), "ends_on"),
        (Draw("350802", *YEAR, 501, "s"), "size"),
        (Draw("350802", *YEAR, 0, "s"), "size"),
        (Draw("350802", *YEAR, 5, " "), "seed"),
    ],
)
def test_a_wrong_draw_is_refused_with_its_field(draw: Draw, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        draw.check()

    assert refused.value.path == path
