"""Members claim, hosts review, some withdraw, so that others move up; some pairings end.

Claims that are there already are looked up first.
"""

from huijia_demo.city.model import Claim, Verdict
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.steps import Stored

CLAIM = Mutation(
    "claimOffer",
    "claimOffers",
    "Claim",
    fields="id status",
    not_yet=frozenset({"MemberNotRegistered"}),
)
REVIEW = Mutation("reviewClaim", "reviewClaims", "Claim", fields="id status")
WITHDRAW = Mutation("withdrawClaim", "", "Claim")
END = Mutation("endPairing", "endPairings", "Claim")
POSITION = """
query($id: ID!) { claim(id: $id) { id status } }
"""
CLAIMS_OF_COMMUNITY = """
query($code: ID!, $first: Int!, $after: String) {
  community(code: $code) {
    claims(first: $first, after: $after) {
      nodes { id status member { id } offer { id } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""


async def claim_offers(stage: Stage) -> None:
    claims = stage.city.claims
    with stage.phase("Claims", len(claims)):
        stored = await _look(stage)
        missing = [claim for claim in claims if claim not in stored]
        stage.advance(len(claims) - len(missing))
        stored |= await _claim(stage, [claim for claim in missing if not claim.waits])
    await _review(stage, stored, "Reviews")
    waiting = [claim for claim in missing if claim.waits]
    with stage.phase("Waiting lists", len(waiting)):
        stored |= await _claim(stage, waiting)
    await _withdraw(stage, stored)
    await _review(stage, await _moved_up(stage, stored), "Moved up")
    stage.claims.update((claim, there.id) for claim, there in stored.items())
    await _end(stage, stored)


async def _look(stage: Stage) -> dict[Claim, Stored]:
    lists = await stage.each(
        lambda code: stage.nodes(CLAIMS_OF_COMMUNITY, stage.badges.host(code), ("community", "claims"), code=code),
        stage.city.communities,
    )
    there = {(node["offer"]["id"], node["member"]["id"]): Stored.of(node) for nodes in lists for node in nodes}
    keys = ((claim, (stage.offers[claim.offer], stage.members[claim.person])) for claim in stage.city.claims)
    return {claim: there[key] for claim, key in keys if key in there}


async def _claim(stage: Stage, claims: list[Claim]) -> dict[Claim, Stored]:
    alone = [claim for claim in claims if claim.person.alone]
    others = [claim for claim in claims if not claim.person.alone]

    def row(claim: Claim) -> Json:
        return {"offerId": stage.offers[claim.offer], "memberId": stage.members[claim.person], "wait": claim.waits}

    done = await stage.send(CLAIM, others, lambda claim: stage.badges.host(claim.offer.community), row)
    done += await stage.send(
        CLAIM, alone, lambda claim: stage.badges.member(stage.members[claim.person]), row, alone=True
    )
    return {claim: Stored.of(outcome) for claim, outcome in done}


async def _moved_up(stage: Stage, stored: dict[Claim, Stored]) -> dict[Claim, Stored]:
    """Those who waited, as they stand since others withdrew."""

    async def now(claim: Claim) -> Stored:
        host = stage.badges.host(claim.offer.community)
        return Stored.of((await stage.endpoint.ask(POSITION, host, id=stored[claim].id))["claim"])

    waited = [claim for claim, there in stored.items() if claim.waits and there.status != "APPROVED"]
    return dict(zip(waited, await stage.each(now, waited), strict=True))


async def _review(stage: Stage, stored: dict[Claim, Stored], name: str) -> None:
    """What will be withdrawn is approved before."""
    waiting = [
        claim for claim, there in stored.items() if there.status == "PENDING" and claim.verdict is not Verdict.PENDING
    ]

    def row(claim: Claim) -> Json:
        if claim.verdict is Verdict.DECLINED:
            return {"claimId": stored[claim].id, "decision": "DECLINE", "reason": "名额留给邻近楼栋的党员"}
        return {"claimId": stored[claim].id, "decision": "APPROVE"}

    with stage.phase(name, len(waiting)):
        await stage.send(REVIEW, waiting, lambda claim: stage.badges.host(claim.offer.community), row)


async def _withdraw(stage: Stage, stored: dict[Claim, Stored]) -> None:
    leaving = [
        claim for claim, there in stored.items() if claim.verdict is Verdict.WITHDRAWN and there.status != "WITHDRAWN"
    ]

    def by(claim: Claim) -> str:
        return stage.badges.member(stage.members[claim.person])

    with stage.phase("Withdrawals", len(leaving)):
        await stage.send(WITHDRAW, leaving, by, lambda claim: {"claimId": stored[claim].id}, alone=True)


async def _end(stage: Stage, stored: dict[Claim, Stored]) -> None:
    ending = [
        claim for claim, there in stored.items() if claim.verdict is Verdict.COMPLETED and there.status != "COMPLETED"
    ]
    with stage.phase("Pairings ended", len(ending)):
        await stage.send(
            END,
            ending,
            lambda claim: stage.badges.host(claim.offer.community),
            lambda claim: {"claimId": stored[claim].id},
        )
