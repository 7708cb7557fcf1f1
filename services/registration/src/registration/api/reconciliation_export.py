"""A reconciliation as a workbook, with names and numbers masked."""

from servicekit.graphql import Context
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Document

from registration.api import loaders
from registration.api.enums import ReconciliationStatus
from registration.documents.reconciliation_workbook import WorkbookLine, reconciliation_workbook
from registration.domain import reconciliations
from registration.domain.people import masked_id_number, masked_name
from registration.storage import reconciling as read
from registration.storage.collections import RECONCILED_LINES
from registration.use_cases.sealed_records import open_personal_data


async def export_reconciliation(context: Context, made: reconciliations.Reconciliation) -> bytes:
    file = context.files.place()
    lines = await context.database[RECONCILED_LINES].find({"reconciliation_id": made.id}).sort("_id").to_list()
    members = await read.members_by_id(context.database, {one["member_id"] for one in lines if one["member_id"]})
    units = await loaders.units(context, list({one["unit_id"] for one in lines if one["unit_id"]}))
    places = await loaders.divisions(context, list({one["community"] for one in lines if one["community"]}))
    vault = context.resource(Vault)

    def shown(one: Document) -> WorkbookLine:
        member = members.get(one["member_id"])
        data = open_personal_data(vault, member) if member else None
        place = places.get(one["community"])
        return WorkbookLine(
            unit=units[one["unit_id"]].name if one["unit_id"] else "",
            name=masked_name(data.name) if data else "",
            id_number=masked_id_number(data.id_number) if data else "",
            status=ReconciliationStatus(one["status"]),
            community_code=one["community"] or "",
            community=place.name if place else "",
            tier=one["tier"] or "",
        )

    return await file.make(lambda: reconciliation_workbook(made, (shown(one) for one in lines)))
