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
from service_tracking.storage.certificates import confirmed_records, titles_of_households
from service_tracking.storage.collections import CERTIFICATES


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    draft: CertificateDraft
    holder_name: str


async def issue_certificate(work: Work, by: Person, vault: Vault, command: IssueCertificate) -> ServiceCertificate:
    """Raises NothingToCertify, OwnRecord, InvalidInput."""
    draft = command.draft
    draft.check()
    if draft.member_id in by.member_ids:
        raise OwnRecord(path="member_id")
    community = checked_community(draft.community)
    if not command.holder_name.strip():
        raise InvalidInput(path="holder_name", reason_zh="不能为空", reason_en="it is empty")
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
        sealed=vault.seal(command.holder_name.strip(), id),
        by=by.subject,
        now=work.now,
    )
    work.save(CERTIFICATES, certificate)
    return certificate
