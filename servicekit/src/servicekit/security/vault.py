"""Personal data at rest: sealed with AES-GCM under a named key, and found again by a keyed hash.

A token is `<key id>.<base64url of nonce and ciphertext>`. The context (such as the owner's id) is authenticated with
it, so that a token moved to another document does not open.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Self

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32
_PROVEN = b"huijia: the key that this database was written with"


class VaultError(Exception):
    """A token can't be opened: unknown key, altered, or of another context. Says which, never what was in it."""


class Vault:
    """Seals and opens texts. `keys` are the known data keys by id; new tokens are sealed under the `active` one."""

    def __init__(self, keys: Mapping[str, bytes], *, active: str, blind_index_key: bytes) -> None:
        if active not in keys:
            raise ValueError(f"the active data key is not among the keys: {active}")
        if any(len(key) != _KEY_BYTES for key in (*keys.values(), blind_index_key)):
            raise ValueError(f"every key has {_KEY_BYTES} bytes")
        self._active = active
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._data_keys = dict(keys)
        self._blind_index_key = blind_index_key

    @classmethod
    def from_files(cls, data_keys: Path, blind_index_key: Path) -> Self:
        """`data_keys` is JSON `{"active": id, "keys": {id: base64 of 32 bytes}}`; `blind_index_key` base64 of 32."""
        described = orjson.loads(data_keys.read_bytes())
        keys = {key_id: base64.b64decode(key) for key_id, key in described["keys"].items()}
        return cls(keys, active=described["active"], blind_index_key=base64.b64decode(blind_index_key.read_text()))

    def seal(self, text: str, context: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._active].encrypt(nonce, text.encode(), context.encode())
        return f"{self._active}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, token: str, context: str) -> str:
        """The text sealed in `token` for this very `context`. Raises VaultError."""
        key_id, _, body = token.rpartition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise VaultError(f"no data key has this id: {key_id}")
        try:
            raw = base64.urlsafe_b64decode(body)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise VaultError("the token was altered, or belongs to another context") from error

    @property
    def active(self) -> str:
        """The id of the key that new tokens are sealed under."""
        return self._active

    def key_id(self, token: str) -> str:
        """Under which key a token was sealed."""
        return token.rpartition(".")[0]

    def proofs(self) -> dict[str, str]:
        """Of each key by its name what only its holder can make, and what tells nothing of it."""
        keys = {"blind index": self._blind_index_key, **{f"data key {id}": key for id, key in self._data_keys.items()}}
        return {name: hmac.new(key, _PROVEN, sha256).hexdigest() for name, key in keys.items()}

    def blind_index(self, text: str) -> str:
        """HMAC-SHA-256 of `text`, hexadecimal: equal texts are found by it, and nothing is learned from it."""
        return hmac.new(self._blind_index_key, text.encode(), sha256).hexdigest()
