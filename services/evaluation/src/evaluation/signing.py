"""Signing statements with Ed25519, so that anybody with the public key can check one without asking."""

import base64
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


class Signer:
    """Without a key nothing is signed."""

    def __init__(self, key: Ed25519PrivateKey | None) -> None:
        self._key = key

    @classmethod
    def from_file(cls, pem: Path | None) -> "Signer":
        """`pem` is an Ed25519 private key in PKCS 8."""
        if pem is None:
            return cls(None)
        key = load_pem_private_key(pem.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{pem.name} holds no Ed25519 key")
        return cls(key)

    @property
    def public_key(self) -> str | None:
        """PEM."""
        if self._key is None:
            return None
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, text: bytes) -> str | None:
        return base64.b64encode(self._key.sign(text)).decode() if self._key else None

    def verifies(self, text: bytes, signature: str) -> bool:
        if self._key is None:
            return False
        try:
            self._key.public_key().verify(base64.b64decode(signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True
