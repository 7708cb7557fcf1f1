"""What happens here when something happened elsewhere."""

from collections.abc import Sequence

from servicekit.events import Fact
from servicekit.storage.work import Work

from service_tracking.domain.appeal import GrantedAppeal
from service_tracking.domain.succession import Succession
from service_tracking.messages.evaluation import AppealFact
from service_tracking.messages.registration import AgreementFact, RegistrationFact, ReorganisationFact
from service_tracking.storage.collections import AGREEMENTS, REGISTRATIONS, SUCCESSIONS
from service_tracking.storage.registrations import COMPLETED
from service_tracking.use_cases.release_claims import release_claims
from service_tracking.use_cases.settle_appeals import settle_appeals
from service_tracking.use_cases.take_over import take_over

SERVICE = "service"
OF_COMMUNITIES = ("MERGE_COMMUNITIES", "SPLIT_COMMUNITY")


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


async def follow_reorganisations(work: Work, facts: Sequence[Fact[ReorganisationFact]]) -> None:
    """Communities whose codes were withdrawn are taken over; one that was split and goes on keeps what it has."""
    causes = {code: fact for fact in facts if fact.data.kind in OF_COMMUNITIES for code in _gone(fact.data)}
    taken = {code: Succession(code, fact.data.target, fact.data.effective_on) for code, fact in causes.items()}
    kept = [
        {"_id": code, "version": causes[code].version, "into": one.into, "on": one.on} for code, one in taken.items()
    ]
    if await work.keep_newest(SUCCESSIONS, kept):
        await take_over(work, taken, causes)


def _gone(told: ReorganisationFact) -> list[str]:
    return [code for code in told.sources if code != told.target]


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
        "ends_on": min((day for day in (told.ended_on, told.ends_on) if day), default=None),
    }


def _document(fact: Fact[RegistrationFact]) -> dict[str, object]:
    return {"_id": fact.subject, "version": fact.version, **fact.data.model_dump()}
