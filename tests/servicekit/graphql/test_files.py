"""Files that are made on demand can't be made to keep the whole process busy."""

import asyncio
import threading

import pytest
from servicekit.graphql import files
from servicekit.graphql.files import AT_ONCE, MOST_A_REQUEST, Files, FilesBusy, TooManyFiles


async def test_a_request_has_ten_files_made_and_no_more_under_whatever_aliases() -> None:
    asked = Files()

    made = [await asked.place().make(pow, 2, number) for number in range(MOST_A_REQUEST)]

    assert made == [2**number for number in range(MOST_A_REQUEST)]
    with pytest.raises(TooManyFiles):
        asked.place()


async def test_whoever_waits_too_long_for_a_thread_is_told_and_takes_none_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free, made = threading.Event(), list[str]()
    busy = [asyncio.ensure_future(Files().place().make(free.wait)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    monkeypatch.setattr(files, "PATIENCE_SECONDS", 0.05)

    with pytest.raises(FilesBusy):
        await Files().place().make(made.append, "too late")
    free.set()

    assert await asyncio.gather(*busy) == [True] * AT_ONCE
    assert await Files().place().make(len, made) == 0
