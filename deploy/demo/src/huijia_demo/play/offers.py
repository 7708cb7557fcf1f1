"""Hosts publish posts, wishes and pairing needs, and form teams.

A reference makes publishing repeatable: the same one is the same offer.
"""

from huijia_demo.city.model import Kind, Offer
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

PUBLISH = {
    Kind.POST: Mutation("publishPost", "publishPosts", "Post"),
    Kind.WISH: Mutation("publishWish", "publishWishes", "Wish"),
    Kind.PAIRING: Mutation("publishPairingNeed", "publishPairingNeeds", "PairingNeed"),
    Kind.TEAM: Mutation("formTeam", "formTeams", "Team", not_yet=frozenset({"MemberNotRegistered"})),
}
RECUR = Mutation("publishRecurringPost", "publishRecurringPosts", "RecurringPost")
NAMES = {Kind.POST: "Posts", Kind.WISH: "Wishes", Kind.PAIRING: "Pairing needs", Kind.TEAM: "Teams"}
ONE_PLACE = (Kind.WISH, Kind.PAIRING)


async def publish_offers(stage: Stage) -> None:
    def row(offer: Offer) -> Json:
        return _input(offer, stage.members[offer.leader] if offer.leader else None)

    for kind, name in NAMES.items():
        offers = [offer for offer in stage.city.offers if offer.kind is kind and not offer.recurrence]
        with stage.phase(name, len(offers)):
            done = await stage.send(PUBLISH[kind], offers, lambda offer: stage.badges.host(offer.community), row)
            stage.offers.update((offer, outcome["id"]) for offer, outcome in done)
    recurring = [offer for offer in stage.city.offers if offer.recurrence]
    with stage.phase("Recurring posts", len(recurring)):
        await stage.send(RECUR, recurring, lambda offer: stage.badges.host(offer.community), _series)


def _series(offer: Offer) -> Json:
    return {
        "communityCode": offer.community,
        "title": offer.title,
        "capacity": offer.capacity,
        "recurrence": offer.recurrence,
        "startsOn": offer.opens_on.isoformat(),
        "schedule": "每周六上午",
        "skills": ["急救"],
        "reference": f"RECURRING:{offer.title}",
    }


def _input(offer: Offer, leader_id: str | None) -> Json:
    common = {
        "communityCode": offer.community,
        "title": offer.title,
        "opensOn": offer.opens_on.isoformat(),
        "reference": f"{offer.kind}:{offer.title}",
    }
    if offer.kind in ONE_PLACE:
        return common
    places: Json = {"capacity": offer.capacity}
    return common | places | ({"leaderId": leader_id} if leader_id else {})
