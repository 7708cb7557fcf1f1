"""Rotating the data key while the service serves."""

import secrets

import pytest
from registration.app import SERVICE
from servicekit.security.rotation import Rotated, rotate
from servicekit.security.vault import Vault, VaultError
from servicekit.storage.mongo import Database

OLD, NEW, INDEX = (secrets.token_bytes(32) for _ in range(3))


async def test_everything_is_sealed_anew_and_the_old_key_can_go(database: Database) -> None:
    old = Vault({"old": OLD}, active="old", blind_index_key=INDEX)
    both = Vault({"old": OLD, "new": NEW}, active="new", blind_index_key=INDEX)
    for name in ("members", "papers"):
        await database[name].insert_many(
            {"_id": one, "id_index": one, "entry_key": one, "sealed": old.seal("张三", one)}
            for one in (f"{number:04d}" for number in range(501))
        )

    first = await rotate(database, both, SERVICE.sealed_in)
    second = await rotate(database, both, SERVICE.sealed_in)

    assert (first, second) == (Rotated(1002, 0), Rotated(0, 0))
    new = Vault({"new": NEW}, active="new", blind_index_key=INDEX)
    async for one in database["members"].find():
        assert new.open(one["sealed"], one["_id"]) == "张三"
        with pytest.raises(VaultError):
            old.open(one["sealed"], one["_id"])


async def test_what_was_written_back_under_the_old_key_is_found_again(database: Database) -> None:
    old = Vault({"old": OLD}, active="old", blind_index_key=INDEX)
    both = Vault({"old": OLD, "new": NEW}, active="new", blind_index_key=INDEX)
    written_back = old.seal("张三", "m1")
    await database["members"].insert_one({"_id": "m1", "id_index": "1", "sealed": written_back})

    first = await rotate(database, both, SERVICE.sealed_in)
    await database["members"].replace_one({"_id": "m1"}, {"id_index": "1", "sealed": written_back})
    again = await rotate(database, both, SERVICE.sealed_in)

    assert (first, again) == (Rotated(1, 0), Rotated(1, 0))
