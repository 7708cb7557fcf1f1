"""Which servers will do."""

import pytest
from servicekit.storage.mongo import Database, has_transactions, require_transactions

WRITABLE = {"isWritablePrimary": True, "maxWireVersion": 21, "ok": 1.0}


@pytest.mark.parametrize(
    ("said", "will_do"),
    [
        (WRITABLE, False),
        ({**WRITABLE, "setName": "huijia"}, True),
        ({**WRITABLE, "msg": "isdbgrid"}, True),
        ({**WRITABLE, "isWritablePrimary": False, "isreplicaset": True, "info": "Does not have a valid config"}, True),
    ],
)
def test_a_server_that_stands_alone_has_no_transactions(said: dict[str, object], will_do: bool) -> None:
    assert has_transactions(said) is will_do


async def test_the_servers_of_the_tests_have_them(database: Database) -> None:
    await require_transactions(database)
