"""Verifying a certificate: what anybody may learn by its number, for the graph and for the public page."""

from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database
from servicekit.storage.work import restore

from registration.api.certificates import CertificateCheck, check
from registration.domain.members import Member
from registration.domain.people import masked_name
from registration.domain.registrations import Registration
from registration.storage import reads
from registration.storage.collections import DIVISIONS, MEMBERS, UNITS
from registration.use_cases.sealed_records import open_personal_data


async def verify(database: Database, vault: Vault, number: str) -> CertificateCheck | None:
    """`number` as it is stored. None where no certificate has it."""
    document = await reads.registration_by_certificate(database, number)
    if document is None:
        return None
    registration = restore(Registration, document)
    (member,) = await reads.by_id(database, MEMBERS, [registration.member_id])
    (unit,) = await reads.by_id(database, UNITS, [registration.unit_id])
    (place,) = await reads.by_id(database, DIVISIONS, [registration.community_code])
    name = masked_name(open_personal_data(vault, restore(Member, member)).name)
    return check(registration, number, name=name, unit=unit["name"], community=place["name"])
