"""Tokens of the people of the demo, minted when first needed and renewed before they expire."""

from datetime import timedelta
from time import monotonic

from huijia_local.keys import Keys
from huijia_local.tokens import DevelopmentGrant, mint
from servicekit.security import Role

from huijia_demo.figures import CITY

LIFETIME = timedelta(hours=1)
RENEWED_AFTER = LIFETIME.total_seconds() / 2


class Badges:
    """One stable subject for each role and scope: whoever comes back is known again."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._minted: dict[DevelopmentGrant, tuple[str, float]] = {}

    def city(self) -> str:
        return self.token(Role.CITY_ADMIN, CITY)

    def county(self, code: str) -> str:
        return self.token(Role.COUNTY_ADMIN, code)

    def unit(self, unit_id: str) -> str:
        return self.token(Role.UNIT_ADMIN, unit_id)

    def host(self, community: str) -> str:
        return self.token(Role.HOST, community)

    def auditor(self, division: str) -> str:
        return self.token(Role.AUDITOR, division)

    def member(self, member_id: str) -> str:
        return self.token(Role.MEMBER, member_id)

    def system(self, division: str, permissions: tuple[str, ...]) -> str:
        """Another system of the city, named for what it may do."""
        return self.token(Role.INTEGRATION, division, permissions)

    def token(self, role: Role, scope: str, permissions: tuple[str, ...] = ()) -> str:
        grant = DevelopmentGrant(role, scope, permissions)
        token, since = self._minted.get(grant, ("", 0.0))
        if not token or monotonic() - since > RENEWED_AFTER:
            subject = scope if role is Role.MEMBER else f"demo-{role.value.lower()}-{scope}"
            token = mint(self._keys, [grant], subject, LIFETIME)
            self._minted[grant] = token, monotonic()
        return token
