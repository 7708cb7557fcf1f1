"""Who claims what, and what the host says: more is claimed than counts."""

from collections import defaultdict
from random import Random

from huijia_demo.city.chance import shares, stream
from huijia_demo.city.model import Claim, Kind, Offer, Person, Verdict

UNCOUNTED = (Verdict.DECLINED, Verdict.WITHDRAWN, Verdict.PENDING)
ONE_UNCOUNTED_IN = 30
Here = dict[str, list[Person]]


def claims(approved_posts: int, approved_wishes: int, offers: list[Offer], people: list[Person]) -> list[Claim]:
    """Approved claims as many as asked, and some that don't count; a person claims an offer once."""
    registered: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.fate.completes:
            registered[person.community].append(person)
    posts = [offer for offer in offers if offer.kind is Kind.POST]
    wishes = [offer for offer in offers if offer.kind is Kind.WISH]
    return [*_post_claims(approved_posts, posts, registered), *_wish_claims(approved_wishes, wishes, registered)]


def _post_claims(approved: int, posts: list[Offer], registered: Here) -> list[Claim]:
    chance = stream("post claims")
    by_community: defaultdict[str, list[Offer]] = defaultdict(list)
    for post in posts:
        by_community[post.community].append(post)
    parts = shares(approved, [len(here) for here in by_community.values()])
    return [
        claim
        for (community, here), part in zip(by_community.items(), parts, strict=True)
        for claim in _community_claims(chance, part, here, registered[community])
    ]


def _community_claims(chance: Random, approved: int, posts: list[Offer], people: list[Person]) -> list[Claim]:
    """Distinct pairs of a post and a person; a place of each post stays free of the capacity it may hold."""
    pairs = len(posts) * len(people)
    extra = min(pairs - approved, approved // ONE_UNCOUNTED_IN + len(UNCOUNTED))
    chosen = chance.sample(range(pairs), approved + extra)
    verdicts = [Verdict.APPROVED] * approved + [UNCOUNTED[i % len(UNCOUNTED)] for i in range(extra)]
    return [
        Claim(posts[pair // len(people)], people[pair % len(people)], verdict)
        for pair, verdict in zip(chosen, verdicts, strict=True)
    ]


def _wish_claims(approved: int, wishes: list[Offer], registered: Here) -> list[Claim]:
    chance = stream("wish claims")
    shuffled = chance.sample(wishes, len(wishes))
    granted = [Claim(wish, chance.choice(registered[wish.community]), Verdict.APPROVED) for wish in shuffled[:approved]]
    lonely = shuffled[approved :: len(UNCOUNTED) + 1]
    turned_away = [
        Claim(wish, chance.choice(registered[wish.community]), UNCOUNTED[i % len(UNCOUNTED)])
        for i, wish in enumerate(lonely)
    ]
    return [*granted, *turned_away]
