"""Hosts write down the thanks for a few wishes that came true."""

from huijia_demo.city.model import Kind, Offer, Outcome
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

THANK = Mutation("thankForWish", "", "Wish")
SAID = "query($id: ID!) { offer(id: $id) { ... on Wish { thanks { text } } } }"


async def thank(stage: Stage) -> None:
    wishes = _granted(stage)
    with stage.phase("Thanks", len(wishes)):
        await stage.send(
            THANK,
            [wish for wish in wishes if not await _thanked(stage, wish)],
            lambda wish: stage.badges.host(wish.community),
            lambda wish: {"offerId": stage.offers[wish], "text": "谢谢你们,帮了大忙"},
            alone=True,
        )


def _granted(stage: Stage) -> list[Offer]:
    served = (one.claim.offer for one in stage.city.records if one.claim and one.outcome is Outcome.CONFIRMED)
    return few(dict.fromkeys(offer for offer in served if offer.kind is Kind.WISH))


async def _thanked(stage: Stage, wish: Offer) -> bool:
    answer = await stage.endpoint.ask(SAID, stage.badges.host(wish.community), id=stage.offers[wish])
    return answer["offer"]["thanks"] is not None
