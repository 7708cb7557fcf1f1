"""A few helpers hand their household over to somebody else: the place is never free in between."""

from huijia_demo.city.model import Claim, Fate, Kind, Person, Presence, Verdict
from huijia_demo.play.claims import POSITION
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

HAND_OVER = Mutation("handOverClaim", "", "Claim")


async def hand_over(stage: Stage) -> None:
    """When all services on the claims are recorded; a claim that was handed over is no longer approved."""
    successors = _successors(stage)
    with stage.phase("Hand-overs", len(successors)):
        approved = [claim for claim in successors if await _approved(stage, claim)]
        await stage.send(
            HAND_OVER,
            approved,
            lambda claim: stage.badges.host(claim.offer.community),
            lambda claim: {"claimId": stage.claims[claim], "toMemberId": stage.members[successors[claim]]},
            alone=True,
        )


def _successors(stage: Stage) -> dict[Claim, Person]:
    """The last claims, since the first ones are played with elsewhere; each to somebody who helps no household."""
    pairings = [claim for claim in stage.city.claims if claim.offer.kind is Kind.PAIRING]
    busy = {claim.person for claim in pairings}
    free = (one for one in stage.city.people if one.fate is Fate.COMPLETED and _stays(one) and one not in busy)
    return dict(zip(few(one for one in reversed(pairings) if one.verdict is Verdict.APPROVED), free, strict=False))


def _stays(person: Person) -> bool:
    return person.presence is not Presence.LEAVES


async def _approved(stage: Stage, claim: Claim) -> bool:
    host = stage.badges.host(claim.offer.community)
    there = (await stage.endpoint.ask(POSITION, host, id=stage.claims[claim]))["claim"]
    return bool(there["status"] == "APPROVED")
