"""What happens here when something happened elsewhere."""

from collections.abc import Sequence

from servicekit.events import Fact
from servicekit.storage.work import Work

from service_tracking.domain.appeal import GrantedAppeal
from service_tracking.messages.evaluation import AppealFact
from service_tracking.messages.registration import AgreementFact, RegistrationFact
from service_tracking.storage.collections import AGREEMENTS, REGISTRATIONS
from service_tracking.storage.registrations import COMPLETED
from service_tracking.use_cases.release_claims import release_claims
from service_tracking.use_cases.settle_appeals import settle_appeals

SERVICE = "service"


async def keep_registrations(work: Work, facts: Sequence[Fact[RegistrationFact]]) -> None:
    """Keep the newest state of each registration; a member who is registered nowhere any more loses the live claims.

    A transfer's end may be heard before the completion that caused it: whoever was replaced is registered elsewhere.
    """
    replaced = await work.keep_newest(REGISTRATIONS, [_document(fact) for fact in facts])
    over = {new["_id"] for _, new in replaced if new["status"] != COMPLETED and new["replaced_by"] is None}
    if ended := {fact.data.member_id: fact for fact in facts if fact.subject in over}:
        await release_claims(work, ended)


async def keep_agreements(work: Work, facts: Sequence[Fact[AgreementFact]]) -> None:
    """Keep the newest state of each agreement, with the day on which it ends, or ended."""
    await work.keep_newest(AGREEMENTS, [_agreement(fact) for fact in facts])


async def settle(work: Work, facts: Sequence[Fact[AppealFact]]) -> None:
    """Correct the records that granted appeals are about; those about claims and registrations are not for us."""
    appeals = {fact.data.appeal_id: (_appeal(fact), fact) for fact in facts if fact.data.fact_kind == SERVICE}
    if appeals:
        await settle_appeals(work, appeals)


def _appeal(fact: Fact[AppealFact]) -> GrantedAppeal:
    told = fact.data
    return GrantedAppeal(
        appeal_id=told.appeal_id,
        record_id=told.fact_id,
        remedy=told.remedy,
        hours=told.hours,
        approver=told.decided_by or f"appeal {told.appeal_id}",
        decided_at=fact.time,
    )


def _agreement(fact: Fact[AgreementFact]) -> dict[str, object]:
    told = fact.data
    return {
        "_id": fact.subject,
        "version": fact.version,
        "unit_id": told.unit_id,
        "community": told.community,
        "starts_on": told.starts_on,
        "ends_on": told.ended_on or told.ends_on,
    }


def _document(fact: Fact[RegistrationFact]) -> dict[str, object]:
    return {"_id": fact.subject, "version": fact.version, **fact.data.model_dump()}
