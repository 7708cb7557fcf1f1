"""A member's own export: everything that this service holds about the person, in clear. Logged as a reveal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.audit import AUDIT
from servicekit.storage.mongo import Document
from servicekit.storage.work import Work

from registration.domain.members import Member, no_such_member
from registration.domain.reveals import PersonalField, RevealPurpose, reveal
from registration.storage.collections import DATA_CORRECTIONS, MEMBERS, PAPERS, REVEALS
from registration.storage.personal import held_about
from registration.use_cases.batches import Permit
from registration.use_cases.sealed_records import open_record

FORMAT = "huijia-personal-export/1"
# Keys and hashes of ours that say nothing about the person.
_INTERNAL = {"sealed", "id_index", "entry_key", "version", "lane"}


@dataclass(frozen=True, slots=True)
class Exported:
    """`json` is UTF-8 text in the format that it names."""

    member_id: str
    made_at: datetime
    json: str


async def export_personal_data(work: Work, member_id: str, vault: Vault, permit: Permit) -> Exported:
    """Refused: NotFound."""
    member = (await work.load(Member, MEMBERS, [member_id])).get(member_id)
    if member is None:
        raise no_such_member(member_id)
    permit(Target(member=member.id))
    record = open_record(vault, member)
    held = await held_about(work.database, member.id, member.id_index)
    content = {
        "format": FORMAT,
        "made_at": work.now,
        "person": record.known_to(member.unit_id).model_dump(),
        "stated": record.model_dump(),
        "member": _told(member.model_dump(mode="json")),
        **{name: [_opened(name, one, vault) for one in found] for name, found in held.items() if name != AUDIT},
        "changes": [_change(one, member.id) for one in held[AUDIT]],
    }
    note = "personal export"
    made = reveal(member, list(PersonalField), RevealPurpose.OWN_EXPORT, note, by=work.actor.subject, now=work.now)
    work.save(REVEALS, made)
    return Exported(member.id, work.now, orjson.dumps(content, default=str, option=orjson.OPT_INDENT_2).decode())


def _opened(name: str, document: Document, vault: Vault) -> dict[str, Any]:
    told = _told(document)
    if name == DATA_CORRECTIONS:
        told["value"] = vault.open(document["sealed"], document["_id"])
    if name == PAPERS:
        told["paper"] = orjson.loads(vault.open(document["sealed"], document["_id"]))
    return told


def _told(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lstrip("_"): value for name, value in document.items() if name not in _INTERNAL}


def _change(entry: Document, member_id: str) -> dict[str, Any]:
    fields = [
        each["field"]
        for one in entry["changes"]
        if one["subject"] == member_id
        for each in one["fields"]
        if each["field"] not in _INTERNAL
    ]
    return {"at": entry["at"], "by": entry["actor"], "operation": entry["operation"], "fields": fields}
