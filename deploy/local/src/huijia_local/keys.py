"""Development keys: made once on first use, readable only by their owner, never committed."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm

KEY_BYTES = 32
_PREFIXES = {"registration": "", "service-tracking": "service-tracking-"}
SEALING = tuple(_PREFIXES)


@dataclass(frozen=True)
class Keys:
    """The files of a key folder.

    A service that seals personal data has keys of its own: `data_keys` is JSON {"active": kid, "keys": {kid: base64 of
    32 bytes}}; `blind_index_key` is base64 of 32 bytes. `statement_key` signs evaluation's statements.
    """

    folder: Path

    @property
    def signing_key(self) -> Path:
        return self.folder / "signing.pem"

    @property
    def statement_key(self) -> Path:
        return self.folder / "statement.pem"

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    def settings(self, service: str) -> dict[str, str]:
        """The variables by which a service finds its keys; none where it needs none."""
        if service == "evaluation":
            return {"HUIJIA_STATEMENT_KEY": str(self.statement_key.absolute())}
        if service not in SEALING:
            return {}
        return {
            "HUIJIA_DATA_KEYS": str(self.data_keys(service).absolute()),
            "HUIJIA_BLIND_INDEX_KEY": str(self.blind_index_key(service).absolute()),
        }

    def data_keys(self, service: str) -> Path:
        return self.folder / f"{_PREFIXES[service]}data-keys.json"

    def blind_index_key(self, service: str) -> Path:
        return self.folder / f"{_PREFIXES[service]}blind-index.key"


class KeyFileError(Exception):
    """A key file holds no key."""


def ensure_keys(folder: Path) -> Keys:
    """Make what is missing and leave alone what is there."""
    keys = Keys(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make(keys.signing_key, _new_signing_key)
    _make(keys.jwks, lambda: json.dumps({"keys": [_public_jwk(load_signing_key(keys))]}))
    _make(keys.statement_key, _new_signing_key)
    for service in SEALING:
        _make(keys.data_keys(service), _new_data_keys)
        _make(keys.blind_index_key(service), _random_key)
    return keys


def load_signing_key(keys: Keys) -> Ed25519PrivateKey:
    """Raises KeyFileError."""
    try:
        key = load_pem_private_key(keys.signing_key.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(
            f"{keys.signing_key} holds no Ed25519 key. Remove it and {keys.jwks}: both are made anew, "
            "and tokens that were given out before are void."
        )
    return key


def key_id(keys: Keys) -> str:
    kid: str = json.loads(keys.jwks.read_text())["keys"][0]["kid"]
    return kid


def _make(path: Path, content: Callable[[], str]) -> None:
    if path.exists():
        return
    # Written aside and linked: a key file is complete or absent, and the first of two writers wins.
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _new_signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "use": "sig", "alg": "EdDSA", "kid": f"dev-{secrets.token_hex(4)}"}


def _new_data_keys() -> str:
    kid = f"dev-{secrets.token_hex(4)}"
    return json.dumps({"active": kid, "keys": {kid: _random_key()}})


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
