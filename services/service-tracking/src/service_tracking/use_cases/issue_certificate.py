"""Certify what a community recorded of a member's service."""

import secrets
from dataclasses import dataclass

from servicekit.documents.numbers import RANDOM_BITS
from servicekit.domain import InvalidInput, new_id
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import OwnRecord
from service_tracking.domain.service_certificate import MOST_SERVICES, NUMBERS, CertificateDraft, ServiceCertificate
from service_tracking.storage.certificates import certificate_alike, confirmed_records, titles_of_households
from service_tracking.storage.collections import CERTIFICATES
from service_tracking.storage.references import sent_before


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    draft: CertificateDraft
    holder_name: str


async def issue_certificate(work: Work, by: Person, vault: Vault, command: IssueCertificate) -> ServiceCertificate:
    """A reference that the actor used before answers the certificate issued then, and what would say the same as one
    that was not revoked answers that one.

    Raises NothingToCertify, OwnRecord, InvalidInput.
    """
    _check(command, by)
    sent = await sent_before(work, ServiceCertificate, CERTIFICATES, "issued_by", [command.draft.reference])
    if sent:
        return next(iter(sent.values()))
    certificate = await _certificate(work, by, vault, command)
    alike = await certificate_alike(work.database, certificate.digest)
    if alike is None:
        work.save(CERTIFICATES, certificate)
    return alike or certificate


def _check(command: IssueCertificate, by: Person) -> None:
    command.draft.check()
    if command.draft.member_id in by.member_ids:
        raise OwnRecord(path="member_id")
    if not command.holder_name.strip():
        raise InvalidInput(path="holder_name", reason_zh="不能为空", reason_en="it is empty")


async def _certificate(work: Work, by: Person, vault: Vault, command: IssueCertificate) -> ServiceCertificate:
    draft, holder_name = command.draft, command.holder_name.strip()
    community = checked_community(draft.community)
    records = await confirmed_records(
        work.database, draft.member_id, community, draft.starts_on, draft.ends_on, MOST_SERVICES + 1
    )
    titles = await titles_of_households(work.database, [one.offer_id for one in records if one.offer_id])
    id = new_id()
    certificate = ServiceCertificate.issue(
        draft,
        records,
        titles,
        id=id,
        number=NUMBERS.number(lane_of(community), secrets.randbits(RANDOM_BITS)),
        sealed=vault.seal(holder_name, id),
        by=by.subject,
        now=work.now,
    )
    certificate.digest = vault.blind_index(f"service certificate: {certificate.wording(holder_name)}")
    return certificate
