"""Development tokens, as an OpenID Connect issuer would sign them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
from servicekit.security import Role

from huijia_local.keys import Keys, key_id, load_signing_key

ISSUER = "https://identity.huijia.localhost"
AUDIENCE = "huijia"
GRANT = re.compile(r"(?P<role>[A-Z_]+):(?P<scope>[^:\s]+)(:(?P<permissions>[\w.,]+))?")


class GrantError(ValueError):
    """A grant that no service would understand."""


@dataclass(frozen=True)
class DevelopmentGrant:
    """A role on a scope; `permissions` (such as `Mutation.submitRecords`) matter to INTEGRATION only."""

    role: Role
    scope: str
    permissions: tuple[str, ...] = ()

    def claim(self) -> dict[str, object]:
        claim: dict[str, object] = {"role": self.role.value, "scope": self.scope}
        return {**claim, "permissions": list(self.permissions)} if self.permissions else claim


def parse_grant(text: str) -> DevelopmentGrant:
    """Read `ROLE:SCOPE` or `INTEGRATION:SCOPE:permission,permission`. Raises GrantError."""
    match = GRANT.fullmatch(text)
    if match is None:
        raise GrantError(f"{text!r} is not a grant. Write ROLE:SCOPE, for example HOST:350802001001.")
    if match["role"] not in Role.__members__:
        raise GrantError(f"{match['role']} is not a role. The roles are {', '.join(Role.__members__)}.")
    permissions = tuple(match["permissions"].split(",")) if match["permissions"] else ()
    return DevelopmentGrant(Role(match["role"]), match["scope"], permissions)


def mint(
    keys: Keys,
    grants: Sequence[DevelopmentGrant],
    subject: str = "developer",
    lifetime: timedelta = timedelta(hours=12),
    now: datetime | None = None,
) -> str:
    """A signed JWT with these grants, valid from `now` (aware; default: this instant) for `lifetime`."""
    issued = now or datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": issued,
        "nbf": issued,
        "exp": issued + lifetime,
        "jti": str(uuid4()),
        "grants": [grant.claim() for grant in grants],
    }
    return jwt.encode(claims, load_signing_key(keys), algorithm="EdDSA", headers={"kid": key_id(keys)})
