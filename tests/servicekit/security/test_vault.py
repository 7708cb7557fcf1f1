"""Personal data at rest opens only with the right key, unaltered, for its own context."""

import base64
from pathlib import Path

import orjson
import pytest
from servicekit.security.proofs import KEY_PROOFS, WrongKeysError, prove_keys
from servicekit.security.vault import Vault, VaultError
from servicekit.storage.mongo import Database

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32


def vault(keys: dict[str, bytes], active: str, index: bytes = INDEX) -> Vault:
    return Vault(keys, active=active, blind_index_key=index)


def test_what_was_sealed_opens_for_the_same_context() -> None:
    safe = vault({"k1": OLD}, "k1")

    token = safe.seal("张三", "member-1")

    assert safe.open(token, "member-1") == "张三"
    assert "张三" not in token


def test_the_same_text_never_seals_to_the_same_token() -> None:
    safe = vault({"k1": OLD}, "k1")

    assert safe.seal("张三", "m") != safe.seal("张三", "m")


def test_a_token_of_another_context_does_not_open() -> None:
    safe = vault({"k1": OLD}, "k1")
    token = safe.seal("张三", "member-1")

    with pytest.raises(VaultError):
        safe.open(token, "member-2")


@pytest.mark.parametrize("position", [3, 10, -6])
def test_an_altered_token_does_not_open(position: int) -> None:
    safe = vault({"k1": OLD}, "k1")
    token = safe.seal("张三", "m")
    other = "A" if token[position] != "A" else "B"
    altered = token[:position] + other + token[position + 1 :]

    with pytest.raises(VaultError):
        safe.open(altered, "m")


@pytest.mark.parametrize("token", ["", "k1", "k1.", "k1.%%%", "k1.AAAA", "张.三"])
def test_what_is_no_token_is_refused_cleanly(token: str) -> None:
    with pytest.raises(VaultError):
        vault({"k1": OLD}, "k1").open(token, "m")


def test_after_a_rotation_old_tokens_open_and_new_ones_use_the_new_key() -> None:
    token = vault({"k1": OLD}, "k1").seal("张三", "m")

    rotated = vault({"k1": OLD, "k2": NEW}, "k2")

    assert rotated.open(token, "m") == "张三"
    assert rotated.key_id(rotated.seal("张三", "m")) == "k2"


def test_a_token_of_a_key_that_is_gone_says_so() -> None:
    token = vault({"k1": OLD}, "k1").seal("张三", "m")

    with pytest.raises(VaultError, match="k1"):
        vault({"k2": NEW}, "k2").open(token, "m")


def test_a_key_of_the_same_id_but_other_bytes_does_not_open() -> None:
    token = vault({"k1": OLD}, "k1").seal("张三", "m")

    with pytest.raises(VaultError):
        vault({"k1": NEW}, "k1").open(token, "m")


def test_the_blind_index_is_stable_and_depends_on_its_key() -> None:
    number = "350802199001011234"

    assert vault({"k1": OLD}, "k1").blind_index(number) == vault({"k2": NEW}, "k2").blind_index(number)
    assert vault({"k1": OLD}, "k1").blind_index(number) != vault({"k1": OLD}, "k1", index=NEW).blind_index(number)


def test_keys_come_from_files(tmp_path: Path) -> None:
    data_keys, index = tmp_path / "data-keys.json", tmp_path / "blind-index.key"
    data_keys.write_bytes(orjson.dumps({"active": "k1", "keys": {"k1": base64.b64encode(OLD).decode()}}))
    index.write_text(base64.b64encode(INDEX).decode() + "\n")

    safe = Vault.from_files(data_keys, index)

    assert safe.open(vault({"k1": OLD}, "k1").seal("张三", "m"), "m") == "张三"


def test_a_short_key_or_a_missing_active_key_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        vault({"k1": b"short"}, "k1")
    with pytest.raises(ValueError, match="active"):
        vault({"k1": OLD}, "k2")


async def test_keys_that_a_database_was_not_written_with_are_refused_and_leave_no_proof(database: Database) -> None:
    await prove_keys(database, vault({"k1": OLD}, "k1"))
    await prove_keys(database, vault({"k1": OLD, "k2": NEW}, "k2"))

    with pytest.raises(WrongKeysError, match="blind index"):
        await prove_keys(database, vault({"k3": OLD}, "k3", index=NEW))
    with pytest.raises(WrongKeysError, match="data key k2"):
        await prove_keys(database, vault({"k2": OLD}, "k2"))

    assert await database[KEY_PROOFS].distinct("_id") == ["blind index", "data key k1", "data key k2"]
