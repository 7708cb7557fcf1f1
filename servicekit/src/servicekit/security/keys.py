"""The issuer's public keys: a JSON Web Key Set, read from a file or over HTTP and read again when it rotates."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import orjson
import structlog

log = structlog.get_logger()

REFRESH_SECONDS = 10.0
# A key that the issuer took back is trusted no longer than this.
MAX_AGE_SECONDS = 300.0
FETCH_TIMEOUT = aiohttp.ClientTimeout(total=5)


class UnknownKeyError(Exception):
    """No key of the issuer has this id."""


class KeysUnavailableError(Exception):
    """The key set can't be read: a fault of the installation, not of the token."""


class KeySet:
    """Keys by id. An unknown id makes it read the source again, at most once in `refresh_seconds`.

    `generation` grows whenever what was read differs from what was known.
    """

    def __init__(
        self, source: str, *, refresh_seconds: float = REFRESH_SECONDS, max_age_seconds: float = MAX_AGE_SECONDS
    ) -> None:
        self.generation = 0
        self._source = source
        self._refresh_seconds = refresh_seconds
        self._max_age_seconds = max_age_seconds
        self._document: Any = None
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key with this id; a token without an id fits only a set of one key.

        Raises UnknownKeyError, KeysUnavailableError.
        """
        found = self._find(kid)
        if found is None:
            await self._refresh()
            found = self._find(kid)
        if found is None:
            raise UnknownKeyError(kid)
        return found

    async def known(self) -> bool:
        """Whether there are keys; the source is read if it wasn't yet."""
        if not self._keys:
            with suppress(KeysUnavailableError):
                await self._refresh()
        return bool(self._keys)

    def _find(self, kid: str | None) -> jwt.PyJWK | None:
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    def renew_when_old(self) -> None:
        """Have the source read again behind the requests when the keys are older than the maximal age."""
        age = time.monotonic() - self._read_at
        if self._keys and age > self._max_age_seconds and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        try:
            await self._refresh()
        except KeysUnavailableError as error:
            # The issuer's outage must not become ours: the known keys stay good, and a later request tries again.
            self._read_at = time.monotonic() - self._max_age_seconds + self._refresh_seconds
            log.warning("keys.stale", reason=str(error), next="make the issuer's key set readable again")

    async def _refresh(self) -> None:
        async with self._reading:
            if time.monotonic() - self._read_at < self._refresh_seconds:
                return
            document = await self._read()
            if not (isinstance(document, dict) and isinstance(document.get("keys"), list)):
                raise KeysUnavailableError(f'{self._source} holds no key set: JSON like {{"keys": [...]}} is expected')
            self._read_at = time.monotonic()
            if document != self._document:
                self._document = document
                self._keys = {key.key_id: key for key in _usable(document)}
                self.generation += 1

    async def _read(self) -> Any:
        try:
            if self._source.startswith(("http://", "https://")):
                async with aiohttp.ClientSession(timeout=FETCH_TIMEOUT) as session, session.get(self._source) as answer:
                    answer.raise_for_status()
                    return orjson.loads(await answer.read())
            return orjson.loads(await asyncio.to_thread(Path(self._source).read_bytes))
        except (OSError, aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
            raise KeysUnavailableError(f"the key set can't be read from {self._source}: {error}") from error


def _usable(document: Any) -> list[jwt.PyJWK]:
    """The signature keys that we understand; symmetric keys are never used."""
    keys = []
    for entry in document["keys"]:
        if not isinstance(entry, dict) or entry.get("kty") == "oct" or entry.get("use", "sig") != "sig":
            continue
        try:
            keys.append(jwt.PyJWK(entry))
        except jwt.PyJWTError:
            continue
    return keys
