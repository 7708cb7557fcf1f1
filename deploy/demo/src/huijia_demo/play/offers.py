"""Hosts publish posts and wishes. A reference makes publishing repeatable: the same one is the same offer."""

from huijia_demo.city.model import Kind, Offer
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

PUBLISH = {
    Kind.POST: Mutation("publishPost", "publishPosts", "Post"),
    Kind.WISH: Mutation("publishWish", "publishWishes", "Wish"),
}


async def publish_offers(stage: Stage) -> None:
    for kind, name in ((Kind.POST, "Posts"), (Kind.WISH, "Wishes")):
        offers = [offer for offer in stage.city.offers if offer.kind is kind]
        with stage.phase(name, len(offers)):
            done = await stage.send(PUBLISH[kind], offers, lambda offer: stage.badges.host(offer.community), _input)
            stage.offers.update((offer, outcome["id"]) for offer, outcome in done)


def _input(offer: Offer) -> Json:
    common = {
        "communityCode": offer.community,
        "title": offer.title,
        "opensOn": offer.opens_on.isoformat(),
        "reference": f"{offer.kind}:{offer.title}",
    }
    return common if offer.kind is Kind.WISH else common | {"capacity": offer.capacity}
