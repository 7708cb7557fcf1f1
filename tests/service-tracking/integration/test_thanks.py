"""Thanks for a wish that came true: in public, and without telling who was helped."""

from typing import Any

from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from servicekit.security import Role

THANK = """mutation($input: ThankForWishInput!) { thankForWish(input: $input) {
  __typename ... on Wish { thanks { text } } ... on Refusal { code path } } }"""
SHOWN = "query($id: ID!) { offer(id: $id) { ... on Wish { thanks { text } } } }"


async def thank(town: Any, api: Any, offer: Any, text: str = "谢谢,帮了大忙") -> Any:
    return await api.result(THANK, (Role.HOST, town.community), input={"offerId": offer.id, "text": text})


async def granted(town: Any) -> Any:
    """A wish of somebody whose name is kept, that came true."""
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    await town.beneficiary(wish)
    claim = await town.claim(wish, member)
    record = await town.submit(member, claim_id=claim.id)
    await town.run(confirm_records, Person("host"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
    return wish


async def test_everybody_reads_the_thanks_for_a_wish_and_no_event_carries_them(town: Any, api: Any) -> None:
    wish = await granted(town)

    first = await thank(town, api, wish)
    again = await thank(town, api, wish, "真的很感谢")
    seen = await api.result(SHOWN, (Role.MEMBER, "somebody"), id=wish.id)

    assert (first["thanks"], again["thanks"]) == ({"text": "谢谢,帮了大忙"}, {"text": "真的很感谢"})
    assert seen["thanks"] == {"text": "真的很感谢"}
    told = await town.told(wish.id)
    assert [event.fact for event in told][-2:] == ["offer-thanked", "offer-thanked"]
    assert "感谢" not in str(told[-1].data)


async def test_thanks_that_tell_who_was_helped_are_refused(town: Any, api: Any) -> None:
    wish = await granted(town)

    refused = await thank(town, api, wish, "林 秀英说谢谢")

    assert (refused["code"], refused["path"]) == ("IdentityInPublicText", "input.text")
    assert (await town.kept(OFFERS, wish.id))["thanks"] is None


async def test_only_a_wish_that_came_true_is_thanked_for(town: Any, api: Any) -> None:
    post, going_on, closed = [await town.offer(kind=kind) for kind in (OfferKind.POST, OfferKind.WISH, OfferKind.WISH)]
    await town.run(close_offer, closed.id)

    refused = [await thank(town, api, one) for one in (post, going_on, closed)]
    empty = await thank(town, api, await granted(town), "  ")

    assert [one["code"] for one in refused] == ["NotAWish", "StepNotPossible", "StepNotPossible"]
    assert (empty["code"], empty["path"]) == ("InvalidInput", "input.text")
