"""Open and seal what is known of a member."""

from servicekit.security.vault import Vault

from registration.domain.members import Member
from registration.domain.people import PersonalData
from registration.domain.person_records import PersonRecord


def open_record(vault: Vault, member: Member) -> PersonRecord:
    return PersonRecord.model_validate_json(vault.open(member.sealed, member.id))


def open_personal_data(vault: Vault, member: Member) -> PersonalData:
    """As the unit knows it that the member is with, or was last."""
    return open_record(vault, member).known_to(member.unit_id)


def seal_record(vault: Vault, member_id: str, record: PersonRecord) -> str:
    return vault.seal(record.model_dump_json(), member_id)
