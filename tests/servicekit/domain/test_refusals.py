"""A refusal says in Chinese and English what stands in the way and what to do next, and where."""

import pytest
from servicekit.domain import Busy, InvalidInput, NotFound, NotPermitted, Refusal, TooManyRows


class OfferClosed(Refusal):
    zh = "岗位已截止:{title}"
    en = "This offer is closed: {title}"


REFUSALS = [
    InvalidInput(path="input.hours", reason_zh="须大于零", reason_en="must be positive"),
    NotFound(what_zh="成员", what_en="member", id="m1"),
    NotPermitted(permission="claims.review"),
    TooManyRows(limit=500, actual=501),
    Busy(),
    OfferClosed(title="Tea"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_every_refusal_speaks_both_languages_with_its_fields_filled_in(refusal: Refusal) -> None:
    texts = [refusal.message("zh"), refusal.message("en"), refusal.next_step("zh"), refusal.next_step("en")]

    assert all(texts)
    assert not any("{" in text for text in texts)
    assert refusal.message("zh") != refusal.message("en")


def test_its_code_is_the_name_of_the_fact() -> None:
    assert OfferClosed(title="Tea").code == "OfferClosed"
    assert OfferClosed(title="Tea").message("en") == "This offer is closed: Tea"


def test_a_row_of_a_bulk_call_is_put_before_its_path() -> None:
    assert InvalidInput(path="hours", reason_zh="x", reason_en="x").at("inputs.3").path == "inputs.3.hours"
    assert Busy().at("inputs.3").path == "inputs.3"


def test_its_fields_are_attributes() -> None:
    refusal = TooManyRows(limit=500, actual=501)

    assert (refusal.limit, refusal.actual) == (500, 501)
