"""An issuer for tests: keys of every accepted kind, a key set, and tokens signed with them."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

ISSUER = "https://issuer.test"
AUDIENCE = "library"


class Issuer:
    """Signs with `EdDSA`, `ES256` or `RS256`; the key id is the algorithm's name and the generation."""

    def __init__(self, generation: int = 1) -> None:
        self.generation = generation
        self.keys: dict[str, Any] = {
            "EdDSA": ed25519.Ed25519PrivateKey.generate(),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "RS256": rsa.generate_private_key(65_537, 2_048),
        }

    def kid(self, algorithm: str) -> str:
        return f"{algorithm}-{self.generation}"

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._public(algorithm) for algorithm in self.keys]}

    def _public(self, algorithm: str) -> Mapping[str, Any]:
        to_jwk: Any = get_default_algorithms()[algorithm]
        public = to_jwk.to_jwk(self.keys[algorithm].public_key(), as_dict=True)
        return {**public, "kid": self.kid(algorithm), "alg": algorithm, "use": "sig"}

    def write(self, path: Path) -> str:
        path.write_bytes(orjson.dumps(self.jwks()))
        return str(path)

    def token(self, algorithm: str = "EdDSA", *, without: str | None = None, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "somebody", "iat": now, "exp": now + 600, **claims}
        payload = {name: value for name, value in usual.items() if name != without}
        return jwt.encode(payload, self.keys[algorithm], algorithm=algorithm, headers={"kid": self.kid(algorithm)})
