"""A client that insists: it goes from one gateway to the other until it has an answer or its patience is over."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import count
from time import monotonic
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

Json = dict[str, Any]
PAUSE_SECONDS = 0.2
NOTHING_STORED = "Busy"


class NoAnswer(Exception):
    """Nobody said in time what became of it: it may have happened or not."""


class Failed(Exception):
    """One attempt had no answer, or one with errors."""


class Client:
    """Asks one question or command at a time of any gateway. `outcomes` counts what attempts came to."""

    def __init__(self, urls: Sequence[str], attempt_seconds: float = 6.0) -> None:
        self._urls = urls
        self._attempt_seconds = attempt_seconds
        self._turns = count()
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.outcomes: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def insist(self, document: str, token: str, within: float, **variables: object) -> Json:
        """The answer's one field. Raises NoAnswer after `within` seconds without a clear one."""
        deadline = monotonic() + within
        while True:
            try:
                answer = await self.ask(document, token, **variables)
                if answer.get("__typename") != NOTHING_STORED:
                    return answer
            except Failed as failure:
                if monotonic() > deadline:
                    raise NoAnswer(str(failure)) from failure
            await asyncio.sleep(PAUSE_SECONDS)

    async def ask(self, document: str, token: str, **variables: object) -> Json:
        """One attempt; the gateway changes after a failure. Raises Failed."""
        number = next(self._turns)
        try:
            async with asyncio.timeout(self._attempt_seconds):
                answer = await self._post(self._urls[number % len(self._urls)], document, token, variables)
        except (aiohttp.ClientError, OSError, TimeoutError, orjson.JSONDecodeError) as error:
            self.outcomes[type(error).__name__] += 1
            raise Failed(repr(error)) from error
        if errors := answer.get("errors"):
            code = str((errors[0].get("extensions") or {}).get("code"))
            self.outcomes[code] += 1
            raise Failed(f"{code}: {errors[0].get('message')}")
        self.outcomes["answered"] += 1
        (field,) = answer["data"].values()
        return dict(field)

    async def _post(self, url: str, document: str, token: str, variables: Json) -> Json:
        body = orjson.dumps({"query": document, "variables": variables})
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}", "accept-language": "en"}
        async with self._session.post(url, data=body, headers=headers) as response:
            answer: Json = orjson.loads(await response.read())
            return answer
