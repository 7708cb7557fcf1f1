"""The shard keys of deploy/kubernetes/sharding are indexes that the service makes, and lead with the lane."""

import re
from pathlib import Path

from evaluation.storage.collections import COLLECTIONS

SCRIPT = Path("deploy/kubernetes/sharding/zones.js")


def test_every_shard_key_is_an_index_that_leads_with_the_lane() -> None:
    (keys,) = re.findall(r"^const KEYS = \{(.+)\};$", SCRIPT.read_text(), re.MULTILINE)
    named = {name: re.findall(r"(\w+): 1", key) for name, key in re.findall(r"(\w+): \{(.*?)\}", keys)}

    assert named
    for collection, fields in named.items():
        assert fields[0] == "lane"
        assert fields in [list(index.document["key"]) for index in COLLECTIONS[collection]], collection


def test_no_sharded_collection_has_a_unique_index_that_does_not_lead_with_the_lane() -> None:
    """MongoDB refuses to shard one that has."""
    for collection in ("ledger", "archive"):
        unique = [index.document for index in COLLECTIONS[collection] if index.document.get("unique")]
        assert all(next(iter(index["key"])) == "lane" for index in unique)
