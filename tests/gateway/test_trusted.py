"""Trusted documents: a signed list, sent by id; with a switch nothing else is answered."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from gateway.trusted import TrustError, id_of, read_trusted, signed

from tests.gateway.conftest import running_gateway

TRUSTED = "query Trusted($n: Int!) { members(first: $n) { id } }"


def pem_of(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signed_list(folder: Path, key: Ed25519PrivateKey, *documents: str) -> tuple[Path, Path]:
    path, jwks = folder / "trusted.jws", folder / "trusted-jwks.json"
    path.write_text(signed(documents, pem_of(key)))
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    jwks.write_text(json.dumps({"keys": [{**jwk, "kid": "t"}]}))
    return path, jwks


async def test_only_trusted_documents_are_answered_where_the_switch_says_so(tmp_path: Path) -> None:
    path, jwks = signed_list(tmp_path, Ed25519PrivateKey.generate(), TRUSTED)
    settings = {
        "HUIJIA_TRUSTED_DOCUMENTS": str(path),
        "HUIJIA_TRUSTED_DOCUMENTS_JWKS": str(jwks),
        "HUIJIA_TRUSTED_ONLY": "true",
    }
    async with running_gateway(tmp_path, **settings) as gateway:

        async def ask(**body: Any) -> Any:
            async with gateway.session.post(f"{gateway.url}/graphql", json=body) as response:
                return await response.json(content_type=None)

        by_id = await ask(documentId=id_of(TRUSTED), variables={"n": 1})
        by_text = await ask(query=TRUSTED, variables={"n": 1})
        other = await ask(query="{ me { id } }")
        unknown = await ask(documentId="sha256:0")

    assert by_id == by_text == {"data": {"members": [{"id": "m1"}]}}
    assert other["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
    assert unknown["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"


def test_a_list_signed_by_someone_else_is_refused(tmp_path: Path) -> None:
    path, _ = signed_list(tmp_path, Ed25519PrivateKey.generate(), TRUSTED)
    other = tmp_path / "other"
    other.mkdir()
    _, jwks = signed_list(other, Ed25519PrivateKey.generate())

    with pytest.raises(TrustError):
        read_trusted(path, jwks)


def test_a_list_that_was_changed_is_refused(tmp_path: Path) -> None:
    path, jwks = signed_list(tmp_path, Ed25519PrivateKey.generate(), TRUSTED)
    head, payload, signature = path.read_text().split(".")
    path.write_text(f"{head}.{payload[:-4]}AAAA.{signature}")

    with pytest.raises(TrustError):
        read_trusted(path, jwks)


@pytest.mark.parametrize(
    "payload", [{"documents": {id_of(TRUSTED): "{ me { id } }"}}, {"documents": [TRUSTED]}, [TRUSTED]]
)
def test_a_list_whose_ids_are_not_those_of_its_documents_is_refused_though_it_is_signed(
    tmp_path: Path, payload: object
) -> None:
    key = Ed25519PrivateKey.generate()
    path, jwks = signed_list(tmp_path, key, TRUSTED)
    path.write_text(jwt.PyJWS().encode(json.dumps(payload).encode(), pem_of(key), "EdDSA"))

    with pytest.raises(TrustError):
        read_trusted(path, jwks)
