"""The public GraphQL endpoint, asked as any client would."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

from huijia_demo.play.problems import Fault, Unreachable

Json = dict[str, Any]
CALL_SECONDS = 120
CONNECTIONS = 16


class Endpoint:
    """One pool of connections to one URL. `calls` counts the requests sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls = 0
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_SECONDS), connector=aiohttp.TCPConnector(limit=CONNECTIONS)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, document: str, token: str | None, **variables: object) -> Json:
        """The answer's data. Raises Unreachable, or Fault when there is any error in the answer."""
        answer = await self.send(document, token, variables)
        if answer.get("errors") or answer.get("data") is None:
            raise Fault(answer.get("errors") or [{"message": str(answer)[:500]}])
        data: Json = answer["data"]
        return data

    async def send(self, document: str, token: str | None, variables: Mapping[str, object] | None = None) -> Json:
        """The whole answer, errors and all. Raises Unreachable."""
        headers = {"content-type": "application/json", "accept-language": "en"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.calls += 1
        body = orjson.dumps({"query": document, "variables": variables or {}})
        try:
            async with self._session.post(self.url, data=body, headers=headers) as response:
                answer: Json = orjson.loads(await response.read())
                return answer
        except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
            raise Unreachable(self.url, error) from error
