"""Signing statements with Ed25519, so that anybody with the public key can check one without asking."""

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


class Signer:
    """Without a key nothing is signed. What was signed with one of the `earlier` keys still holds."""

    def __init__(self, key: Ed25519PrivateKey | None, earlier: Sequence[Ed25519PublicKey] = ()) -> None:
        self._key = key
        self._known = [*([key.public_key()] if key else []), *earlier]

    @classmethod
    def from_file(cls, pem: Path | None) -> "Signer":
        """`pem` is an Ed25519 private key in PKCS 8, and after it the public ones of those that signed before.

        Raises ValueError for what is none.
        """
        if pem is None:
            return cls(None)
        blocks = list(_BLOCK.finditer(pem.read_bytes()))
        if [one.group(1) for one in blocks] != [b"PRIVATE KEY", *[b"PUBLIC KEY"] * (len(blocks) - 1)]:
            raise ValueError(f"{pem.name} holds something else than a private key (PKCS 8) and public ones after it")
        key = load_pem_private_key(blocks[0].group(), None)
        earlier = [load_pem_public_key(one.group()) for one in blocks[1:]]
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{pem.name} holds no Ed25519 key")
        return cls(key, [_ed25519(one, pem) for one in earlier])

    @property
    def public_key(self) -> str | None:
        """PEM, of the key that signs now."""
        return _pem(self._known[0]) if self._key else None

    def sign(self, text: bytes) -> str | None:
        return base64.b64encode(self._key.sign(text)).decode() if self._key else None

    def verified_by(self, text: bytes, signature: str) -> str | None:
        """PEM of the public key under which the signature of the text holds; None where it does under none."""
        return next((_pem(key) for key in self._known if _holds(key, text, signature)), None)


def _ed25519(key: object, pem: Path) -> Ed25519PublicKey:
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{pem.name} holds an earlier key that is no Ed25519 key")
    return key


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _holds(key: Ed25519PublicKey, text: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True
