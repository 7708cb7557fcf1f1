"""What happens here when something happened elsewhere."""

from collections.abc import Sequence

from servicekit.bus.envelope import Fact
from servicekit.storage.work import Work

from service_tracking.messages.registration import RegistrationFact
from service_tracking.storage.collections import REGISTRATIONS
from service_tracking.storage.registrations import COMPLETED
from service_tracking.use_cases.release_claims import release_claims


async def keep_registrations(work: Work, facts: Sequence[Fact[RegistrationFact]]) -> None:
    """Keep the newest state of each registration; a member who is registered nowhere any more loses the live claims."""
    replaced = await work.keep_newest(REGISTRATIONS, [_document(fact) for fact in facts])
    over = {new["_id"] for _, new in replaced if new["status"] != COMPLETED}
    if ended := {fact.data.member_id: fact for fact in facts if fact.subject in over}:
        await release_claims(work, ended)


def _document(fact: Fact[RegistrationFact]) -> dict[str, object]:
    return {"_id": fact.subject, "version": fact.version, **fact.data.model_dump()}
