"""Hosts record who a few wishes and pairing needs are for; whoever helps looks it up."""

from huijia_demo.city.model import Claim, Kind, Verdict
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

RECORD = Mutation("recordBeneficiary", "recordBeneficiaries", "Beneficiary", "offerId")
REVEAL = Mutation("revealBeneficiary", "", "RevealedBeneficiary", "revealId")
KEPT = """
query($offer: ID!) { beneficiary(offerId: $offer) { reveals(first: 1) { nodes { id } } } }
"""
OF_CHILDREN = ("困难学生助学", "留守儿童关爱")
GUARDIAN = {"name": "林桂英", "relation": "祖母", "phone": "13900000001"}
NOBODY: Json = {"reveals": {"nodes": []}}
CONSENT = {"version": "2015-1", "givenOn": "2017-06-30"}


async def record_beneficiaries(stage: Stage) -> None:
    """Told anew they would be replaced, and a reveal is logged each time: so what is there already is looked up."""
    helping = [claim for kind in (Kind.WISH, Kind.PAIRING) for claim in _helping(stage, kind)]
    with stage.phase("Beneficiaries", len(helping)):
        kept = dict(zip(helping, await stage.each(lambda claim: _kept(stage, claim), helping), strict=True))
        new = [claim for claim in helping if kept[claim] is None]
        await stage.send(
            RECORD,
            new,
            lambda claim: stage.badges.host(claim.offer.community),
            lambda claim: _identity(stage.offers[claim.offer], claim, helping.index(claim) + 1),
        )
        unseen = [claim for claim in helping if not (kept[claim] or NOBODY)["reveals"]["nodes"]]
        await stage.send(
            REVEAL,
            unseen,
            lambda claim: stage.badges.member(stage.members[claim.person]),
            lambda claim: {"offerId": stage.offers[claim.offer], "purpose": "上门服务前联系"},
            alone=True,
        )


def _helping(stage: Stage, kind: Kind) -> list[Claim]:
    return few(one for one in stage.city.claims if one.offer.kind is kind and one.verdict is Verdict.APPROVED)


async def _kept(stage: Stage, claim: Claim) -> Json | None:
    host = stage.badges.host(claim.offer.community)
    kept: Json | None = (await stage.endpoint.ask(KEPT, host, offer=stage.offers[claim.offer]))["beneficiary"]
    return kept


def _identity(offer_id: str, claim: Claim, number: int) -> Json:
    child = claim.offer.title.startswith(OF_CHILDREN)
    return {
        "offerId": offer_id,
        "name": "林小雨" if child else "陈阿婆",
        "phone": "" if child else f"1390000{number:04d}",
        "address": f"和平路{number}号楼二单元",
        "guardian": GUARDIAN if child else None,
        "consent": CONSENT,
    }
