"""Record, reveal and erase who is helped."""

from collections.abc import Sequence
from typing import Any

import strawberry
import structlog
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info
from servicekit.security import Role, Target
from servicekit.security.vault import Vault

from service_tracking.api import results
from service_tracking.api.beneficiaries import (
    Beneficiary,
    EraseBeneficiaryInput,
    RecordBeneficiaryInput,
    RevealBeneficiaryInput,
    RevealedBeneficiary,
)
from service_tracking.api.permitted import require_one, run_permitted
from service_tracking.api.targets import Targets, of_offers
from service_tracking.storage.collections import CLAIMS
from service_tracking.use_cases.erase_beneficiaries import erase_beneficiary
from service_tracking.use_cases.record_beneficiaries import RecordBeneficiary, record_beneficiaries
from service_tracking.use_cases.reveal_beneficiary import reveal_beneficiary
from service_tracking.use_cases.rows import only

log = structlog.get_logger()


@strawberry.type
class BeneficiaryMutations:
    @strawberry.mutation(
        graphql_type=results.RecordBeneficiaryResult,
        description="登记受助人身份,加密保存 / Record who it is for; the identity is sealed",
    )
    async def record_beneficiary(self, info: Info, input: RecordBeneficiaryInput) -> Any:
        return only(await _record(info.context, "Mutation.recordBeneficiary", [input.command()]))

    @strawberry.mutation(graphql_type=results.RecordBeneficiariesResult, description="批量登记 / Record up to 500")
    async def record_beneficiaries(self, info: Info, inputs: list[RecordBeneficiaryInput]) -> Any:
        return await _record(info.context, "Mutation.recordBeneficiaries", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.RevealBeneficiaryResult,
        description="查看受助人身份:认领期内的认领人或社区,每次记入日志 / Show the identity to the approved claimant "
        "or the host; each reveal is logged",
    )
    async def reveal_beneficiary(self, info: Info, input: RevealBeneficiaryInput) -> Any:
        context = info.context
        key = "Mutation.revealBeneficiary"
        (offer,) = await of_offers(context, [input.offer_id])
        if isinstance(offer, Refusal):
            raise offer
        claim_id = None
        if not context.permits(key, Target(division=offer.division)):
            claim_id = await _own_claim(context, input.offer_id, key)
        vault = context.resource(Vault)
        reveal, identity = await context.run(reveal_beneficiary, vault, input.command(claim_id))
        log.info("beneficiary.revealed", offer_id=reveal.offer_id, reveal_id=reveal.id, to=reveal.to, by=reveal.by)
        return RevealedBeneficiary.of(reveal, identity)

    @strawberry.mutation(
        graphql_type=results.EraseBeneficiaryResult, description="删除受助人身份 / Erase the identity for good"
    )
    async def erase_beneficiary(self, info: Info, input: EraseBeneficiaryInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.eraseBeneficiary", of_offers(context, [input.offer_id]))
        return Beneficiary.of(await context.run(erase_beneficiary, input.offer_id))


async def _own_claim(context: Context, offer_id: str, key: str) -> str:
    """The newest claim of the principal's on this offer; whether it is approved, the use case says.

    Raises NotPermitted where there is none.
    """
    own = list(context.principal.scopes(Role.MEMBER))
    found = context.database[CLAIMS].find({"member_id": {"$in": own}, "offer_id": offer_id}, {"member_id": 1})
    claims = sorted([claim async for claim in found], key=lambda claim: claim["_id"])
    context.require(key, Target(member=claims[-1]["member_id"] if claims else None))
    claim_id: str = claims[-1]["_id"]
    return claim_id


async def _record(context: Context, key: str, commands: Sequence[RecordBeneficiary]) -> list[Beneficiary | Refusal]:
    async def run(permitted: Sequence[RecordBeneficiary]) -> list[Beneficiary | Refusal]:
        outcomes = await context.run(record_beneficiaries, context.resource(Vault), permitted)
        return [one if isinstance(one, Refusal) else Beneficiary.of(one) for one in outcomes]

    return await run_permitted(context, key, commands, _offers, run)


async def _offers(context: Context, commands: Sequence[RecordBeneficiary]) -> Targets:
    return await of_offers(context, [command.offer_id for command in commands])
