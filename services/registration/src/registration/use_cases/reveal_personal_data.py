"""Show a member's personal data in clear: to who may see it, for a purpose, and never unlogged."""

from dataclasses import dataclass

from servicekit.domain import InvalidInput, NotPermitted
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import Work, restore

from registration.domain.consents import Consent, city_of, no_consent_yet
from registration.domain.members import Member, no_such_member
from registration.domain.people import PersonalData
from registration.domain.registrations import OPEN, Registration, RegistrationStatus
from registration.domain.reveals import ConsentMissing, PersonalField, Reveal, RevealPurpose, reveal
from registration.storage.collections import CONSENTS, MEMBERS, REGISTRATIONS, REVEALS
from registration.storage.personal import current_text
from registration.use_cases.batches import Permit
from registration.use_cases.change_registrations import target_of
from registration.use_cases.sealed_records import open_personal_data


@dataclass(frozen=True, slots=True)
class RevealPersonalData:
    member_id: str
    fields: list[PersonalField]
    purpose: RevealPurpose
    note: str


@dataclass(frozen=True, slots=True)
class Revealed:
    reveal: Reveal
    data: PersonalData


async def reveal_personal_data(work: Work, command: RevealPersonalData, vault: Vault, permit: Permit) -> Revealed:
    """The member's unit and those above it may see it; the community's only with the member's consent.

    Refused: ConsentMissing, NotFound, InvalidInput.
    """
    member = (await work.load(Member, MEMBERS, [command.member_id])).get(command.member_id)
    if member is None:
        raise no_such_member(command.member_id)
    await _require(work, member, permit)
    if command.purpose is RevealPurpose.OWN_EXPORT:
        raise InvalidInput(
            path="purpose", reason_zh="仅用于本人导出", reason_en="this is the purpose of a member's own export"
        )
    if not command.fields:
        raise InvalidInput(path="fields", reason_zh="须至少一项", reason_en="name one field at least")
    fields = list(dict.fromkeys(command.fields))
    made = reveal(member, fields, command.purpose, command.note.strip(), by=work.actor.subject, now=work.now)
    work.save(REVEALS, made)
    return Revealed(made, open_personal_data(vault, member))


async def _require(work: Work, member: Member, permit: Permit) -> None:
    try:
        permit(Target(division=member.unit_division, unit=member.unit_id, line=member.line))
    except NotPermitted:
        permit(await _place(work, member))
        if not await _has_consented(work, member):
            raise ConsentMissing(member_id=member.id) from None


async def _place(work: Work, member: Member) -> Target:
    """Where the member is registered, or about to be; nowhere when it is over."""
    standing = [*(status.value for status in OPEN), RegistrationStatus.COMPLETED.value]
    found = work.collection(REGISTRATIONS).find({"member_id": member.id, "status": {"$in": standing}})
    newest = await found.sort("_id", -1).limit(1).to_list()
    return target_of(restore(Registration, newest[0])) if newest else Target()


async def _has_consented(work: Work, member: Member) -> bool:
    text = await current_text(work.database, city_of(member.lane))
    consents = await work.load(Consent, CONSENTS, [member.id])
    return consents.get(member.id, no_consent_yet(member)).covers(text["number"] if text else None)
