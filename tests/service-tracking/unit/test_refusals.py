"""Every refusal speaks Chinese and English and says what to do next."""

import inspect

import pytest
from service_tracking.domain import refusals
from servicekit.domain import Refusal
from servicekit.graphql.refusals import own_fields

KINDS = [
    kind
    for _, kind in inspect.getmembers(refusals, inspect.isclass)
    if issubclass(kind, Refusal) and kind is not Refusal
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_can_be_said_in_both_languages_with_a_next_step(kind: type[Refusal]) -> None:
    refusal = kind(**dict.fromkeys(own_fields(kind), "1"))

    for language in ("zh", "en"):
        assert "{" not in refusal.message(language)
        assert refusal.next_step(language)
    assert kind.next_en is not Refusal.next_en
