"""Confirm service records by the beneficiaries' one-time codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import NotFound, Refusal
from servicekit.security.vault import Vault
from servicekit.storage.work import Work, restore

from service_tracking.domain.confirmation_code import CodeStatus, ConfirmationCode
from service_tracking.domain.record import ServiceRecord
from service_tracking.storage.collections import CODES, RECORDS
from service_tracking.use_cases.grant_wishes import grant_wishes
from service_tracking.use_cases.issue_codes import digest_of
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.rulings import rulings_on


@dataclass(frozen=True, slots=True)
class ConfirmByCode:
    record_id: str
    code: str


async def confirm_by_codes(
    work: Work, vault: Vault, commands: Sequence[ConfirmByCode]
) -> list[ServiceRecord | Refusal]:
    """One outcome a command. A wrong code is refused and stored as one try less.

    Refused with NotFound, CodeWrong, CodeUsed, CodeExpired, CodeLocked, RecordDecided, SecondPersonRequired; and where
    a policy bears on the backlog with InvalidInput, HoursOverCap, OutsideWindow.
    """
    records = await work.load(ServiceRecord, RECORDS, [command.record_id for command in commands])
    rulings = await rulings_on(work, records.values())
    codes = await _newest_codes(work, records)

    def confirm(command: ConfirmByCode) -> ServiceRecord:
        record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
        code = _newest(codes, record)
        if code is None:
            raise NotFound(path="code", what_zh="确认码", what_en="code for this record or its claim", id=record.id)
        code.check_usable(work.now)
        record.check_open()
        work.save(CODES, code)
        if not code.matches(digest_of(vault, code.id, command.code)):
            raise code.fail()
        record.confirm_by_code(
            code.id,
            hands={code.issued_by, work.actor.subject},
            now=work.now,
            policies=rulings.policies,
            already=rulings.already(record),
        )
        code.use(record.id, work.now)
        work.save(RECORDS, record)
        return record

    outcomes = each(commands, confirm)
    await grant_wishes(work, outcomes)
    return outcomes


def _newest(codes: dict[str, ConfirmationCode], record: ServiceRecord) -> ConfirmationCode | None:
    known = [codes[target] for target in (record.id, record.claim_id) if target in codes]
    return max(known, key=lambda code: code.id, default=None)


async def _newest_codes(work: Work, records: dict[str, ServiceRecord]) -> dict[str, ConfirmationCode]:
    """By what they are for: a record, or the claim that it was served on."""
    targets = {*records, *(record.claim_id for record in records.values() if record.claim_id)}
    kept = work.collection(CODES).find(
        {"target": {"$in": sorted(targets)}, "status": {"$in": [CodeStatus.ISSUED.value, CodeStatus.USED.value]}}
    )
    codes = [restore(ConfirmationCode, document) async for document in kept]
    return {code.target: code for code in sorted(codes, key=lambda code: code.id)}
