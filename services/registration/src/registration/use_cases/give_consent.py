"""Consents: the city publishes its notice, a member consents to the version in force, and takes it back."""

from dataclasses import dataclass

from servicekit.domain import InvalidInput
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.consents import Consent, ConsentText, city_of, no_consent_yet, text_id
from registration.domain.divisions import Level, level_of, parse_code
from registration.domain.members import Member, no_such_member
from registration.storage.collections import CONSENT_TEXTS, CONSENTS, MEMBERS
from registration.storage.personal import current_text
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class PublishConsentText:
    city: str
    zh: str
    en: str


async def publish_consent_text(work: Work, command: PublishConsentText, permit: Permit) -> ConsentText:
    """The next version of the city's notice, in force at once."""
    city = parse_code(command.city, path="city")
    permit(Target(division=city))
    if level_of(city) is not Level.CITY:
        raise InvalidInput(path="city", reason_zh="应为市级代码", reason_en="the code of a city")
    last = await current_text(work.database, city)
    number = last["number"] + 1 if last else 1
    text = ConsentText(
        id=text_id(city, number),
        lane=city,
        city=city,
        number=number,
        zh=command.zh.strip(),
        en=command.en.strip(),
        published_at=work.now,
        published_by=work.actor.subject,
    )
    work.save(CONSENT_TEXTS, text)
    return text


async def give_consent(work: Work, member_id: str, version: int, permit: Permit) -> Member:
    """Consent again to what was consented to changes nothing. Refused: ConsentOutdated, InvalidInput, NotFound."""
    member, consent = await _load(work, member_id, permit)
    text = await current_text(work.database, city_of(member.lane))
    if consent.give(version, text["number"] if text else None, work.now):
        work.save(CONSENTS, consent)
    return member


async def withdraw_consent(work: Work, member_id: str, permit: Permit) -> Member:
    """Refused: NoConsentGiven, NotFound."""
    member, consent = await _load(work, member_id, permit)
    consent.withdraw(work.now)
    work.save(CONSENTS, consent)
    return member


async def _load(work: Work, member_id: str, permit: Permit) -> tuple[Member, Consent]:
    member = (await work.load(Member, MEMBERS, [member_id])).get(member_id)
    if member is None:
        raise no_such_member(member_id)
    permit(Target(member=member.id))
    consents = await work.load(Consent, CONSENTS, [member_id])
    return member, consents.get(member_id) or no_consent_yet(member)
