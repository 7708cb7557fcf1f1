"""/healthz says that the process lives, /readyz that it can do its work; /metrics is for Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 2.0


class Health:
    """The readiness of one process: `checks` by name, each True when fine; whatever raises or lasts is not."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self.stopping = False

    async def state(self) -> dict[str, bool]:
        """Each check's result, and `serving`: not stopping."""
        results = await asyncio.gather(*(self._passes(check) for check in self._checks.values()))
        return {"serving": not self.stopping, **dict(zip(self._checks, results, strict=True))}

    async def _passes(self, check: Check) -> bool:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await check()
        except Exception:
            return False

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._alive, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
            Route("/metrics", _metrics, methods=["GET"]),
        ]

    async def _alive(self, _request: Request) -> Response:
        return Response(b'{"alive":true}', media_type="application/json")

    async def _ready(self, _request: Request) -> Response:
        state = await self.state()
        ready = all(state.values())
        body = orjson.dumps({"ready": ready, "checks": state})
        return Response(body, 200 if ready else 503, media_type="application/json")


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})
