"""A few services are confirmed by those who were helped: the host hands out one-time codes, members enter them."""

from collections.abc import Mapping

from huijia_demo.city.model import Claim, Kind, Outcome, Record
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

ISSUE = Mutation("issueConfirmationCode", "issueConfirmationCodes", "IssuedConfirmationCode", "digits")
ENTER = Mutation("confirmByCode", "", "ServiceRecord")
OF_A_HOUSEHOLD = (Kind.WISH, Kind.PAIRING)


async def confirm_by_codes(stage: Stage, waiting: Mapping[Record, str]) -> set[Record]:
    """Of the records that wait (with their ids), those that a code confirmed. A lost code is issued anew."""
    helped = [record for record in _helped(stage) if record in waiting]
    with stage.phase("Confirmations by code", len(helped)):
        issued = await stage.send(
            ISSUE,
            helped,
            lambda record: stage.badges.host(record.community),
            lambda record: {"claimId": stage.claims[record.claim] if record.claim else None},
        )
        digits = {record: code["digits"] for record, code in issued}
        await stage.send(
            ENTER,
            helped,
            lambda record: stage.badges.member(stage.members[record.person]),
            lambda record: {"recordId": waiting[record], "code": digits[record]},
            alone=True,
        )
    return set(helped)


def _helped(stage: Stage) -> list[Record]:
    """The first record of a claim each: a claim's newest code is the only good one."""
    first: dict[Claim, Record] = {}
    for record in stage.city.records:
        claim = record.claim
        if claim and claim.offer.kind in OF_A_HOUSEHOLD and record.outcome is Outcome.CONFIRMED:
            first.setdefault(claim, record)
    return few(first.values())
