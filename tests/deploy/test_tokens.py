"""Development tokens carry what was asked for, and the services accept them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from huijia_local.keys import ensure_keys, load_signing_key
from huijia_local.tokens import AUDIENCE, ISSUER, GrantError, mint, parse_grant
from servicekit.security import Role, TokenExpired, TokenVerifier


def test_a_token_carries_what_was_asked(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    now = datetime.now(UTC).replace(microsecond=0)
    grants = [parse_grant("HOST:350802001001"), parse_grant("INTEGRATION:3508:Mutation.submitRecords")]

    token = mint(keys, grants, subject="host-7", lifetime=timedelta(hours=2), now=now)

    claims = jwt.decode(
        token, load_signing_key(keys).public_key(), algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER
    )
    assert claims["sub"] == "host-7"
    assert claims["iat"] == claims["nbf"] == now.timestamp()
    assert claims["exp"] == (now + timedelta(hours=2)).timestamp()
    assert claims["grants"] == [
        {"role": "HOST", "scope": "350802001001"},
        {"role": "INTEGRATION", "scope": "3508", "permissions": ["Mutation.submitRecords"]},
    ]


def test_every_token_has_an_id_of_its_own(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)

    tokens = [mint(keys, [parse_grant("AUDITOR:3508")]) for _ in range(2)]

    ids = [jwt.decode(token, options={"verify_signature": False})["jti"] for token in tokens]
    assert ids[0] != ids[1]


async def test_a_service_accepts_the_token_with_the_published_key_set(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=str(keys.jwks))

    principal = await verifier.verify(mint(keys, [parse_grant("COUNTY_ADMIN:350802")], subject="officer"))

    assert principal.subject == "officer"
    assert principal.scopes(Role.COUNTY_ADMIN) == ["350802"]


async def test_a_service_refuses_the_token_of_yesterday(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path)
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=str(keys.jwks))
    yesterday = datetime.now(UTC) - timedelta(days=1)

    with pytest.raises(TokenExpired):
        await verifier.verify(mint(keys, [parse_grant("AUDITOR:3508")], now=yesterday))


def test_an_unknown_role_is_refused_with_the_list_of_roles() -> None:
    with pytest.raises(GrantError, match=r"MAYOR is not a role\. The roles are MEMBER, UNIT_ADMIN, HOST"):
        parse_grant("MAYOR:350802")


@pytest.mark.parametrize("text", ["HOST", "HOST:", ":350802", "HOST:35 08", ""])
def test_a_grant_without_role_or_scope_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(GrantError, match="Write ROLE:SCOPE, for example HOST:350802001001"):
        parse_grant(text)
