"""A token is accepted only when an accepted issuer signed it, for us, for now."""

import base64
import time
from pathlib import Path

import jwt
import orjson
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from servicekit.security import Role, TokenExpired, TokenInvalid, TokenRefused, TokenVerifier
from servicekit.security.keys import KeySet, KeysUnavailableError

from tests.servicekit.security.issuing import AUDIENCE, ISSUER, Issuer
from tests.support.waiting import eventually

ISSUING = Issuer()


@pytest.fixture
def verifier(tmp_path: Path) -> TokenVerifier:
    return TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=ISSUING.write(tmp_path / "jwks.json"))


def unsigned(header: dict, payload: dict) -> str:
    parts = (base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in (header, payload))
    return ".".join(parts) + "."


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
async def test_a_good_token_names_its_principal_and_grants(verifier, algorithm):
    token = ISSUING.token(algorithm, grants=[{"role": "HOST", "scope": "350802001001"}])

    principal = await verifier.verify(token)

    assert principal.subject == "somebody"
    assert [(grant.role, grant.scope) for grant in principal.grants] == [(Role.HOST, "350802001001")]


async def test_an_expired_token_is_refused_with_what_to_do_next(verifier):
    with pytest.raises(TokenExpired) as refused:
        await verifier.verify(ISSUING.token(exp=int(time.time()) - 31))

    assert refused.value.code == "TOKEN_EXPIRED"
    assert "过期" in refused.value.message("zh")
    assert "expired" in refused.value.message("en")
    assert "Sign in again" in refused.value.next_step("en")


async def test_clocks_may_differ_by_the_leeway(verifier):
    now = int(time.time())

    assert await verifier.verify(ISSUING.token(exp=now - 20, iat=now + 20, nbf=now + 20))


@pytest.mark.parametrize("missing", ["exp", "iat", "iss", "aud", "sub"])
async def test_a_token_without_a_required_claim_is_refused(verifier, missing):
    with pytest.raises(TokenInvalid):
        await verifier.verify(ISSUING.token(without=missing))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://another.test"},
        {"nbf": int(time.time()) + 3_600},
        {"iat": int(time.time()) + 3_600},
        {"sub": 7},
        {"sub": ""},
        {"exp": 10**30},
        {"exp": 253_402_300_800},
        {"grants": "HOST"},
        {"grants": [{"role": "INTEGRATION", "scope": "3508", "permissions": "Claim"}]},
        {"grants": [{"role": "EMPEROR", "scope": "1"}]},
        {"grants": [{"role": "HOST"}]},
        {"grants": [{"role": "HOST", "scope": 350802}]},
        {"grants": [{"role": "HOST", "scope": "1", "until": "2017-01-01T00:00:00"}]},
    ],
)
async def test_a_token_for_others_or_of_another_shape_is_refused(verifier, claims):
    with pytest.raises(TokenInvalid):
        await verifier.verify(ISSUING.token(**claims))


async def test_a_token_that_says_it_needs_no_signature_is_refused(verifier):
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "iat": now, "exp": now + 600}

    for algorithm in ("none", "None", "NONE"):
        with pytest.raises(TokenInvalid):
            await verifier.verify(unsigned({"alg": algorithm, "kid": ISSUING.kid("EdDSA")}, claims))


async def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(verifier):
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "iat": now, "exp": now + 600}
    public = ISSUING.keys["EdDSA"].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    token = jwt.encode(claims, public, algorithm="HS256", headers={"kid": ISSUING.kid("EdDSA")})

    with pytest.raises(TokenInvalid):
        await verifier.verify(token)


async def test_a_token_signed_by_a_stranger_under_a_known_key_id_is_refused(verifier):
    with pytest.raises(TokenInvalid):
        await verifier.verify(Issuer().token())


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "x" * 20_000])
async def test_what_is_no_token_is_refused(verifier, token):
    with pytest.raises(TokenInvalid):
        await verifier.verify(token)


async def test_a_refused_token_is_never_in_the_error(verifier):
    token = ISSUING.token(aud="another")

    with pytest.raises(TokenRefused) as refused:
        await verifier.verify(token)

    assert token not in str(refused.value)
    assert token not in refused.value.reason


async def test_a_grant_counts_only_within_its_period(verifier):
    now = int(time.time())
    grants = [
        {"role": "HOST", "scope": "a", "until": now - 1},
        {"role": "HOST", "scope": "b", "from": now + 600},
        {"role": "HOST", "scope": "c", "from": now - 1, "until": now + 600},
        {"role": "HOST", "scope": "d", "from": "2015-06-01T00:00:00+08:00"},
    ]

    principal = await verifier.verify(ISSUING.token(grants=grants))

    assert principal.scopes(Role.HOST) == ["c", "d"]


async def test_a_verified_token_is_not_verified_again(verifier, monkeypatch):
    token = ISSUING.token()
    first = await verifier.verify(token)
    monkeypatch.setattr(jwt, "decode", None)

    assert await verifier.verify(token) == first


async def test_a_symmetric_key_in_the_set_is_never_used(tmp_path):
    secret = b"a shared secret that somebody put into the set"
    document = {"keys": [{"kty": "oct", "kid": "s", "k": base64.urlsafe_b64encode(secret).decode()}]}
    path = tmp_path / "jwks.json"
    path.write_bytes(orjson.dumps(document))
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=str(path))
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "iat": now, "exp": now + 600}

    with pytest.raises(TokenInvalid):
        await verifier.verify(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "s"}))


async def test_a_missing_key_set_is_a_fault_of_the_installation():
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks="/nowhere/jwks.json")

    with pytest.raises(KeysUnavailableError, match=r"/nowhere/jwks.json"):
        await verifier.verify(ISSUING.token())


async def test_rotated_keys_are_read_again_but_not_for_every_unknown_key(unused_port):
    issuing = Issuer()
    asked = 0

    async def jwks(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response(issuing.jwks())

    app = web.Application()
    app.router.add_get("/jwks", jwks)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_port).start()
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=f"http://127.0.0.1:{unused_port}/jwks")
    try:
        assert await verifier.verify(issuing.token())
        issuing = Issuer(generation=2)
        for _ in range(3):
            with pytest.raises(TokenInvalid):
                await verifier.verify(issuing.token())
        assert asked == 1

        verifier._keys._read_at -= 11
        assert await verifier.verify(issuing.token())
        assert asked == 2
    finally:
        await runner.cleanup()


async def test_a_key_that_was_taken_back_is_refused_once_the_set_is_old_and_so_are_its_remembered_tokens(tmp_path):
    old, new = Issuer(), Issuer(generation=2)
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=old.write(tmp_path / "jwks.json"))
    token = old.token()
    assert await verifier.verify(token)
    new.write(tmp_path / "jwks.json")
    assert await verifier.verify(token), "remembered while the set is young"

    verifier._keys._read_at -= 301

    await eventually(lambda: _refused(verifier, token))
    assert await verifier.verify(new.token())


@pytest.mark.parametrize("document", [[], {}, {"keys": None}, {"keys": {}}, "keys"])
async def test_a_file_without_a_key_set_is_the_installations_fault_and_takes_no_known_key(tmp_path, document):
    source = tmp_path / "jwks.json"
    keys = KeySet(ISSUING.write(source), refresh_seconds=0)
    known = await keys.key(ISSUING.kid("EdDSA"))

    source.write_bytes(orjson.dumps(document))

    with pytest.raises(KeysUnavailableError, match="holds no key set"):
        await keys.key("of another generation")
    assert await keys.key(ISSUING.kid("EdDSA")) is known


async def test_known_keys_stay_good_while_the_set_can_not_be_read(tmp_path):
    path = tmp_path / "jwks.json"
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, jwks=ISSUING.write(path))
    assert await verifier.verify(ISSUING.token())
    path.unlink()

    verifier._keys._read_at -= 301
    await verifier.verify(ISSUING.token(sub="first"))
    await verifier._keys._renewing

    assert await verifier.verify(ISSUING.token(sub="second"))


async def _refused(verifier: TokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except TokenInvalid:
        return True
    return False
