"""Who claims what, and what the host says: more is claimed than counts."""

from collections import defaultdict
from dataclasses import replace
from random import Random

from huijia_demo.city.chance import shares, stream
from huijia_demo.city.model import Claim, Offer, Person, Verdict

UNCOUNTED = (Verdict.DECLINED, Verdict.WITHDRAWN, Verdict.PENDING)
ONE_UNCOUNTED_IN = 30
ONE_PAIR_ENDS_IN = 4
WAITING = 5
Here = dict[str, list[Person]]


def post_claims(approved: int, posts: list[Offer], registered: Here) -> list[Claim]:
    """Approved claims as many as asked, and some that don't count; a person claims an offer once."""
    chance = stream("post claims")
    by_community: defaultdict[str, list[Offer]] = defaultdict(list)
    # The days of a post that recurs are to come: nobody has served on one.
    for post in (post for post in posts if not post.recurrence):
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


def wish_claims(approved: int, wishes: list[Offer], registered: Here) -> list[Claim]:
    """For a few wishes somebody else was first, and withdrew: who waited got the place."""
    claims = _sole_claims(stream("wish claims"), approved, wishes, registered)
    taken = [i for i in range(approved) if len(registered[claims[i].offer.community]) > 1][:WAITING]
    for i in taken:
        claims[i] = replace(claims[i], waits=True)
    return [*(_before(claims[i], registered) for i in taken), *claims]


def _before(claim: Claim, registered: Here) -> Claim:
    other = next(person for person in registered[claim.offer.community] if person is not claim.person)
    return Claim(claim.offer, other, Verdict.WITHDRAWN)


def pairs(count: int, needs: list[Offer], registered: Here) -> list[Claim]:
    """Pairs that last, some that have done their work, and claims that came to nothing."""
    claims = _sole_claims(stream("pairs"), count, needs, registered)
    ended = [replace(claim, verdict=Verdict.COMPLETED) for claim in claims[:count:ONE_PAIR_ENDS_IN]]
    return [*ended, *(claim for i, claim in enumerate(claims) if i >= count or i % ONE_PAIR_ENDS_IN)]


def _sole_claims(chance: Random, approved: int, offers: list[Offer], registered: Here) -> list[Claim]:
    """Claims of offers with one place, which is granted in as many as asked."""
    shuffled = chance.sample(offers, len(offers))
    granted = [
        Claim(offer, chance.choice(registered[offer.community]), Verdict.APPROVED) for offer in shuffled[:approved]
    ]
    lonely = shuffled[approved :: len(UNCOUNTED) + 1]
    turned_away = [
        Claim(offer, chance.choice(registered[offer.community]), UNCOUNTED[i % len(UNCOUNTED)])
        for i, offer in enumerate(lonely)
    ]
    return [*granted, *turned_away]
