"""Trusted documents: a list of documents, signed by whoever may release them, that clients send by id.

    python -m gateway.trusted KEY.pem DOCUMENT.graphql... > trusted.jws

The list is a JSON Web Signature with the payload `{"documents": {id: text}}`; an id is `sha256:` and its SHA-256.
"""

import argparse
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.refusals import Refused
from gateway.settings import Settings

ALGORITHMS = {Ed25519PrivateKey: "EdDSA", EllipticCurvePrivateKey: "ES256", RSAPrivateKey: "RS256"}


class TrustError(Exception):
    """The list or its keys can't be read, or the signature isn't good."""


class TrustedDocuments:
    """`only` refuses every document that isn't in the list, even if a client sends its whole text."""

    def __init__(self, documents: dict[str, str], *, only: bool) -> None:
        self._documents = documents
        self._only = only

    def by_id(self, document_id: str) -> str:
        found = self._documents.get(document_id)
        if found is None:
            raise Refused("DOCUMENT_NOT_FOUND", "No trusted document has this id. / 没有此编号的可信查询。", 404)
        return found

    def check(self, text: str) -> None:
        if self._only and id_of(text) not in self._documents:
            raise Refused("DOCUMENT_NOT_TRUSTED", "Only trusted documents are answered. / 只接受可信查询。", 403)


def configured_documents(settings: Settings) -> TrustedDocuments:
    """Raises `TrustError`."""
    if settings.trusted_documents is None:
        return TrustedDocuments({}, only=settings.trusted_only)
    if settings.trusted_documents_jwks is None:
        raise TrustError("HUIJIA_TRUSTED_DOCUMENTS needs HUIJIA_TRUSTED_DOCUMENTS_JWKS")
    documents = read_trusted(settings.trusted_documents, settings.trusted_documents_jwks)
    return TrustedDocuments(documents, only=settings.trusted_only)


def id_of(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def read_trusted(path: Path, jwks: Path) -> dict[str, str]:
    """The documents of a signed list by id. Raises `TrustError`."""
    try:
        token = path.read_text(encoding="ascii").strip()
        keys = jwt.PyJWKSet.from_json(jwks.read_text(encoding="utf-8")).keys
        payload = _verified(token, keys)
        documents = orjson.loads(payload)["documents"]
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        raise TrustError(f"{path}: {error}") from error
    if not isinstance(documents, dict):
        raise TrustError(f"{path}: `documents` is not an object of texts by id")
    if not all(isinstance(text, str) and id_of(text) == name for name, text in documents.items()):
        raise TrustError(f"{path}: an id is not its document's")
    return documents


def _verified(token: str, keys: Iterable[jwt.PyJWK]) -> bytes:
    for key in keys:
        try:
            return jwt.PyJWS().decode(token, key.key, algorithms=list(ALGORITHMS.values()))  # type: ignore[no-any-return]
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError, TypeError):
            continue
    raise TrustError("the list is not signed by a key of the key set")


def signed(documents: Iterable[str], pem: bytes) -> str:
    """The signed list of these documents' texts."""
    key = load_pem_private_key(pem, None)
    algorithm = next((name for kind, name in ALGORITHMS.items() if isinstance(key, kind)), None)
    if algorithm is None:
        raise TrustError("sign with an Ed25519, P-256 or RSA key")
    payload = orjson.dumps({"documents": {id_of(text): text for text in documents}})
    return jwt.PyJWS().encode(payload, pem, algorithm)


def main() -> None:
    parser = argparse.ArgumentParser(prog="gateway.trusted", description="Sign documents for the gateway.")
    parser.add_argument("key", type=Path, help="the private key in PEM")
    parser.add_argument("documents", type=Path, nargs="+")
    options = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in options.documents]
    sys.stdout.write(signed(texts, options.key.read_bytes()) + "\n")


if __name__ == "__main__":
    main()
