"""Issue one-time codes for beneficiaries to confirm services with."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from servicekit.domain import InvalidInput, Refusal, new_id
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.confirmation_code import DIGITS, CodeStatus, ConfirmationCode
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.storage.collections import CLAIMS, CODES, RECORDS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class IssueCode:
    """For a service to come on a claim, or for a record that waits: one of the two."""

    claim_id: str | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """`digits` are known here and now, and never again."""

    code: ConfirmationCode
    digits: str


def digest_of(vault: Vault, code_id: str, digits: str) -> str:
    """Keyed and of this very code: neither a copy of the database nor another code tells the digits."""
    return vault.blind_index(f"confirmation code {code_id}: {digits}")


async def issue_codes(
    work: Work, by: Person, vault: Vault, commands: Sequence[IssueCode]
) -> list[IssuedCode | Refusal]:
    """One outcome a command; an earlier code for the same claim or record is no longer good.

    Refused with NotFound, ClaimNotApproved, RecordDecided, OwnRecord, InvalidInput.
    """
    claims = await work.load(Claim, CLAIMS, [one.claim_id for one in commands if one.claim_id])
    records = await work.load(ServiceRecord, RECORDS, [one.record_id for one in commands if one.record_id])
    issued: dict[str, ConfirmationCode] = {}

    def issue(command: IssueCode) -> IssuedCode:
        about = _about(command, claims, records)
        id, digits = new_id(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code = ConfirmationCode.issue(about, digest_of(vault, id, digits), id=id, by=by, now=work.now)
        _check_once(command, code, issued)
        issued[code.target] = code
        work.save(CODES, code)
        return IssuedCode(code, digits)

    outcomes = each(commands, issue)
    await _replace(work, issued)
    return outcomes


def _check_once(command: IssueCode, code: ConfirmationCode, issued: dict[str, ConfirmationCode]) -> None:
    if code.target in issued:
        path = "claim_id" if command.claim_id else "record_id"
        raise InvalidInput(path=path, reason_zh="同一批中重复", reason_en="it is twice in this call")


def _about(command: IssueCode, claims: dict[str, Claim], records: dict[str, ServiceRecord]) -> Claim | ServiceRecord:
    if (command.claim_id is None) == (command.record_id is None):
        raise InvalidInput(path="claim_id", reason_zh="认领与记录须填其一", reason_en="name a claim or a record")
    if command.claim_id is not None:
        return found(claims, command.claim_id, path="claim_id", what_zh="认领", what_en="claim")
    return found(records, command.record_id or "", path="record_id", what_zh="服务记录", what_en="service record")


async def _replace(work: Work, targets: Iterable[str]) -> None:
    """Before the new ones are written, of which there is one a target."""
    issued = {"target": {"$in": list(targets)}, "status": CodeStatus.ISSUED.value}
    replaced = {"$set": {"status": CodeStatus.REPLACED.value}, "$inc": {"version": 1}}
    await work.collection(CODES).update_many(issued, replaced)
