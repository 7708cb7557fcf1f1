"""No token is anonymous; a token that is there must be good, and the answer says what to do next."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.gateway.conftest import GatewayProcess


async def refusal(gateway: GatewayProcess, authorization: str, language: str = "en") -> tuple[int, str, str]:
    headers = {"authorization": authorization, "accept-language": language}
    status, answer = await gateway.post("{ me { id } }", headers)
    assert "data" not in answer
    assert not gateway.subgraphs.calls
    return status, answer["errors"][0]["extensions"]["code"], answer["errors"][0]["message"]


async def test_without_a_token_the_subgraphs_are_asked_anonymously(gateway: GatewayProcess) -> None:
    status, answer = await gateway.post("{ me { id } }")

    assert (status, answer) == (200, {"data": {"me": {"id": "m1"}}})
    assert "authorization" not in gateway.subgraphs.headers[0]


async def test_an_expired_token_is_refused_and_the_message_tells_what_to_do(gateway: GatewayProcess) -> None:
    expired = gateway.token(exp=datetime.now(UTC) - timedelta(seconds=60))

    status, code, english = await refusal(gateway, f"Bearer {expired}")
    _, _, chinese = await refusal(gateway, f"Bearer {expired}", "zh-CN")

    assert (status, code) == (401, "TOKEN_EXPIRED")
    assert "Sign in again" in english
    assert "重新登录" in chinese


async def test_a_clock_that_is_off_by_seconds_is_forgiven(gateway: GatewayProcess) -> None:
    token = gateway.token(exp=datetime.now(UTC) - timedelta(seconds=10))

    status, _ = await gateway.post("{ me { id } }", {"authorization": f"Bearer {token}"})

    assert status == 200


@pytest.mark.parametrize("claims", [{"iss": "https://else.test"}, {"aud": "else"}, {"exp": "soon"}])
async def test_a_token_of_someone_else_is_refused(gateway: GatewayProcess, claims: dict[str, str]) -> None:
    try:
        token = gateway.token(**claims)
    except TypeError:
        token = "a.b.c"

    assert (await refusal(gateway, f"Bearer {token}"))[:2] == (401, "TOKEN_INVALID")


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer x.y.z", "Basic dTpw", "Bearer " + "x" * 20_000])
async def test_what_is_no_bearer_token_is_refused(gateway: GatewayProcess, authorization: str) -> None:
    status, code, _ = await refusal(gateway, authorization[:8_000])

    assert (status, code) == (401, "TOKEN_INVALID")


async def test_unsigned_and_symmetric_tokens_are_refused(gateway: GatewayProcess) -> None:
    claims = jwt.decode(gateway.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, "none", headers={"kid": "k1"})
    symmetric = jwt.encode(claims, "a shared secret that is long enough", "HS256", headers={"kid": "k1"})

    for token in (unsigned, symmetric):
        assert (await refusal(gateway, f"Bearer {token}"))[:2] == (401, "TOKEN_INVALID")
