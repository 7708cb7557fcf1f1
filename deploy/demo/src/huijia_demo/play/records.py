"""Service is recorded, by members themselves or at the community, and hosts confirm or reject it.

A reference makes recording repeatable: the same one is the same record, whatever became of it.
"""

from collections.abc import Callable

from huijia_demo.city.model import Outcome, Record
from huijia_demo.play.codes import confirm_by_codes
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

SUBMIT = Mutation(
    "submitRecord",
    "submitRecords",
    "ServiceRecord",
    fields="id status",
    not_yet=frozenset({"MemberNotRegistered"}),
)
# Decided already: by a call that went on after its player was interrupted.
CONFIRM = Mutation("confirmRecord", "confirmRecords", "ServiceRecord", known={"RecordDecided": ""})
REJECT = Mutation("rejectRecord", "rejectRecords", "ServiceRecord")
Waiting = dict[Record, str]


async def serve(stage: Stage) -> None:
    records = stage.city.records
    with stage.phase("Service records", len(records)):
        waiting = await submit(stage, records)
    by_code = await confirm_by_codes(stage, waiting)
    confirmed = [one for one in waiting if one.outcome is Outcome.CONFIRMED and one not in by_code]
    with stage.phase("Confirmations", len(confirmed)):
        await stage.send(CONFIRM, confirmed, _host(stage), lambda record: confirmation(record, waiting[record]))
    rejected = [record for record in waiting if record.outcome is Outcome.REJECTED]
    with stage.phase("Rejections", len(rejected)):
        await stage.send(REJECT, rejected, _host(stage), lambda record: _rejection(waiting[record]))


async def submit(stage: Stage, records: list[Record]) -> Waiting:
    """The ids of those that nobody has decided about."""
    alone = [record for record in records if record.person.alone]
    others = [record for record in records if not record.person.alone]

    def row(record: Record) -> Json:
        return _record(record, stage.members[record.person], stage.claims[record.claim] if record.claim else None)

    def member(record: Record) -> str:
        return stage.badges.member(stage.members[record.person])

    done = await stage.send(SUBMIT, others, _host(stage), row)
    done += await stage.send(SUBMIT, alone, member, row, alone=True)
    return {record: outcome["id"] for record, outcome in done if outcome["status"] == "SUBMITTED"}


def _record(record: Record, member_id: str, claim_id: str | None) -> Json:
    return {
        "memberId": member_id,
        "claimId": claim_id,
        "communityCode": record.community,
        "activity": record.activity,
        "servedOn": record.served_on.isoformat(),
        "hours": str(record.hours),
        "vanguard": record.vanguard,
        "provenance": "SELF_REPORTED" if record.person.alone else "CHECKED_IN",
        "reference": f"{member_id}:{record.served_on.isoformat()}",
    }


def confirmation(record: Record, record_id: str) -> Json:
    return {"recordId": record_id, "method": "VISIT" if record.person.alone else "ON_SITE"}


def _rejection(record_id: str) -> Json:
    return {"recordId": record_id, "reason": "经与服务对象核实,未到场"}


def _host(stage: Stage) -> Callable[[Record], str]:
    return lambda record: stage.badges.host(record.community)
