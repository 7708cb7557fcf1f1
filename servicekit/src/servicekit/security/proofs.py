"""Proofs that a process has the keys which its database was written with.

A wrong key of the right form is worse than none: by another blind index nobody is found, so that a roster takes all of
its people for new ones and those who are there for gone.
"""

from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database

KEY_PROOFS = "key_proofs"


class WrongKeysError(Exception):
    """The keys of these names are others than those that the database was written with."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"not the keys that this database was written with: {', '.join(names)}")
        self.names = names


async def prove_keys(database: Database, vault: Vault) -> None:
    """Note a proof of every key that is new here. Raises WrongKeysError, and notes nothing, if one differs."""
    proofs = vault.proofs()
    await _compare(database, proofs)
    for name, proof in proofs.items():
        await database[KEY_PROOFS].update_one({"_id": name}, {"$setOnInsert": {"proof": proof}}, upsert=True)
    # Of two processes that began at once with different keys one was first.
    await _compare(database, proofs)


async def _compare(database: Database, proofs: dict[str, str]) -> None:
    known = {one["_id"]: one["proof"] async for one in database[KEY_PROOFS].find({"_id": {"$in": list(proofs)}})}
    if wrong := [name for name, proof in proofs.items() if known.get(name, proof) != proof]:
        raise WrongKeysError(wrong)
