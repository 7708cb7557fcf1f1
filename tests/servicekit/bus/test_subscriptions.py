"""What a service hears: exactly the facts that it names."""

import pytest
from servicekit.bus.apply import Consumes, Subscriptions
from servicekit.bus.messages import Delivery
from servicekit.events import MalformedEvent

from tests.contracts.toy import Copies, Snapshot, event

OPENED = Consumes("maker", ("account-opened",), Snapshot, Copies().keep)


def _delivery(**changed: object) -> Delivery:
    one = event("a", **changed)
    return Delivery(1, one.id, one.encode(), {})


def test_each_fact_is_one_binding_pattern() -> None:
    both = Consumes("maker", ("account-opened", "account-changed"), Snapshot, Copies().keep)

    assert Subscriptions([both]).patterns == ["maker.account-opened", "maker.account-changed"]


def test_two_subscriptions_to_one_fact_are_an_error_at_start() -> None:
    with pytest.raises(ValueError, match=r"two subscriptions to maker\.account-opened"):
        Subscriptions([OPENED, Consumes("maker", ("account-opened",), Snapshot, Copies().keep)])


def test_a_known_fact_is_read_into_the_consumers_own_model() -> None:
    received = Subscriptions([OPENED]).read(_delivery(balance=3, data={"balance": 3, "more": "than we need"}))

    assert received.consumes is OPENED
    assert received.data == Snapshot(balance=3)


def test_an_unknown_fact_is_read_without_looking_at_its_data_or_version() -> None:
    received = Subscriptions([OPENED]).read(_delivery(fact="account-audited", schema=9, data=None))

    assert received.consumes is None


def test_what_does_not_fit_is_told_by_field_and_without_the_value() -> None:
    with pytest.raises(MalformedEvent) as malformed:
        Subscriptions([OPENED]).read(_delivery(data={"balance": "secret"}))

    assert "balance" in str(malformed.value)
    assert "secret" not in str(malformed.value)
