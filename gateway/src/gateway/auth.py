"""Who asks: verifies bearer tokens where an issuer is configured. No token is an anonymous request."""

from servicekit.domain.refusals import Language
from servicekit.security.principal import ANONYMOUS, Principal
from servicekit.security.tokens import KeysUnavailableError, TokenInvalid, TokenRefused, TokenVerifier

from gateway.refusals import Refused
from gateway.settings import Settings


class Authentication:
    def __init__(self, settings: Settings) -> None:
        self._verifier: TokenVerifier | None = None
        if settings.issuer and settings.jwks:
            self._verifier = TokenVerifier(issuer=settings.issuer, audience=settings.audience, jwks=settings.jwks)

    @property
    def checks(self) -> bool:
        return self._verifier is not None

    async def has_keys(self) -> bool:
        return self._verifier is None or await self._verifier.has_keys()

    async def principal(self, authorization: str | None, language: Language) -> Principal:
        """Raises `Refused` (401) for a token that is there but isn't good, 503 when it can't be checked now."""
        if authorization is None or self._verifier is None:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        try:
            if scheme.lower() != "bearer" or not token.strip():
                raise TokenInvalid("no bearer token")
            return await self._verifier.verify(token.strip())
        except TokenRefused as refused:
            raise _unauthorized(refused, language) from None
        except KeysUnavailableError:
            message = "登录凭证暂时无法核验。" if language == "zh" else "Tokens can't be verified at the moment."
            raise Refused("KEYS_UNAVAILABLE", message, 503, well_formed=False) from None


def _unauthorized(refused: TokenRefused, language: Language) -> Refused:
    next_step = refused.next_step(language)
    message = f"{refused.message(language)}{'' if language == 'zh' else ' '}{next_step}"
    return Refused(refused.code, message, 401, {"nextStep": next_step}, well_formed=False)
