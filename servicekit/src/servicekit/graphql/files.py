"""Files that are made when they are asked for: each takes a thread for up to a second, so they have their own limits.

A field is cheap to ask for a thousand times, under a thousand aliases. Two files are made at once in a process, and ten
for one request; whoever waits too long for a thread is told so.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from servicekit.domain import Refusal

P = ParamSpec("P")
T = TypeVar("T")

MOST_A_REQUEST = 10
AT_ONCE = 2
PATIENCE_SECONDS = 20.0
_THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="files")


class TooManyFiles(Refusal):
    limit: int
    zh = "一次请求最多生成 {limit} 个文件。"
    en = "At most {limit} files are made for one request."
    next_zh = "请分多次请求。"
    next_en = "Ask for them in several requests."


class FilesBusy(Refusal):
    zh = "正在生成的文件过多。"
    en = "Too many files are being made at the moment."
    next_zh = "请稍后重试。"
    next_en = "Try again in a moment."


class Place:
    """For one file."""

    async def make(self, make: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `make` answers, in a thread. Raises FilesBusy."""
        making = asyncio.get_running_loop().run_in_executor(_THREADS, partial(make, *args, **kwargs))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await making
        except TimeoutError:
            raise FilesBusy() from None


class Files:
    """Those of one request."""

    def __init__(self) -> None:
        self._places = 0

    def place(self) -> Place:
        """To be taken before anything is read for a file. Raises TooManyFiles."""
        self._places += 1
        if self._places > MOST_A_REQUEST:
            raise TooManyFiles(limit=MOST_A_REQUEST)
        return Place()
