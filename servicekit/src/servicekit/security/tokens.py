"""Verifying bearer tokens: JSON Web Tokens of any OIDC issuer, signed with a public-key algorithm."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple

import jwt
from cachetools import TLRUCache

from servicekit.domain import Refusal
from servicekit.security.keys import KeySet, KeysUnavailableError, UnknownKeyError
from servicekit.security.principal import Grant, Principal, Role

ALGORITHMS = ["EdDSA", "ES256", "RS256"]
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
CACHED_TOKENS = 10_000
MAX_TOKEN_LENGTH = 16_384


class TokenRefused(Refusal):
    """The request shows a token that can't be accepted; `reason` is for logs and never holds the token."""

    code: ClassVar[str]

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class TokenExpired(TokenRefused):
    code = "TOKEN_EXPIRED"
    zh = "登录凭证已过期。"
    en = "The token has expired."
    next_zh = "请重新登录,获取新的凭证。"
    next_en = "Sign in again to get a new token."


class TokenInvalid(TokenRefused):
    code = "TOKEN_INVALID"
    zh = "登录凭证无效。"
    en = "The token is not valid."
    next_zh = "请使用本系统认可的签发方为本系统签发的凭证。"
    next_en = "Use a token that an accepted issuer signed for this audience."


class _Verified(NamedTuple):
    principal: Principal
    expires: float
    generation: int
    """Of the keys: a token is verified anew when they have changed."""


class TokenVerifier:
    """Verifies tokens against the issuer's keys.

    `jwks` is a file path or an http(s) URL of a JSON Web Key Set. Verified tokens are remembered until they expire,
    at most 10,000 of them. `leeway_seconds` is the clock difference that is forgiven.
    """

    def __init__(self, *, issuer: str, audience: str, jwks: str, leeway_seconds: int = 30) -> None:
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway_seconds
        self._keys = KeySet(jwks)
        self._verified: TLRUCache[str, _Verified] = TLRUCache(
            CACHED_TOKENS, ttu=lambda _token, entry, _now: entry.expires + leeway_seconds, timer=time.time
        )

    async def has_keys(self) -> bool:
        """Whether the issuer's keys are known; reads them if they aren't yet."""
        return await self._keys.known()

    async def verify(self, token: str) -> Principal:
        """The token's principal with the grants that are active now. Raises TokenRefused."""
        self._keys.renew_when_old()
        entry = self._verified.get(token)
        if entry is None or entry.generation != self._keys.generation:
            entry = await self._decode(token)
            self._verified[token] = entry
        return entry.principal.at(datetime.now(UTC))

    async def _decode(self, token: str) -> _Verified:
        if len(token) > MAX_TOKEN_LENGTH:
            raise TokenInvalid("too long")
        try:
            claims = jwt.decode(
                token,
                await self._key(token),
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._leeway,
                options={"require": REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(str(error)) from None
        except (jwt.PyJWTError, UnknownKeyError) as error:
            raise TokenInvalid(type(error).__name__) from None
        expires = float(claims["exp"])
        try:
            until = datetime.fromtimestamp(expires + self._leeway, UTC)
        except (OverflowError, ValueError, OSError):
            raise TokenInvalid("it ends at no instant that there will be") from None
        return _Verified(replace(principal_of(claims), expires_at=until), expires, self._keys.generation)

    async def _key(self, token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError
        return await self._keys.key(header.get("kid"))


def principal_of(claims: dict[str, Any]) -> Principal:
    """The principal of verified claims. Raises TokenInvalid for nobody, a malformed grant or an unknown role."""
    if not claims["sub"]:
        raise TokenInvalid("its subject is empty")
    try:
        return Principal(claims["sub"], tuple(_grant(claim) for claim in claims.get("grants", [])))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TokenInvalid(f"malformed grant: {type(error).__name__}") from None


def _grant(claim: dict[str, Any]) -> Grant:
    scope = claim["scope"]
    if not isinstance(scope, str):
        raise TypeError("scope")
    permissions = claim.get("permissions", ())
    if isinstance(permissions, str):
        raise TypeError("permissions")
    return Grant(
        role=Role(claim["role"]),
        scope=scope,
        valid_from=_instant(claim.get("from")),
        valid_until=_instant(claim.get("until")),
        permissions=frozenset(permissions),
    )


def _instant(value: float | str | None) -> datetime | None:
    """Seconds since the epoch (as JWT counts), or ISO 8601 with an offset."""
    if value is None:
        return None
    if isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return instant
    return datetime.fromtimestamp(value, UTC)


__all__ = ["KeysUnavailableError", "TokenExpired", "TokenInvalid", "TokenRefused", "TokenVerifier", "principal_of"]
