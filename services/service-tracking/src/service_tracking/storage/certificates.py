"""What service certificates rest on: records as they are, and how they are found by number."""

from collections.abc import Iterable, Mapping
from datetime import date

from servicekit.storage.mongo import Database
from servicekit.storage.work import restore

from service_tracking.domain.beneficiary import OF_A_HOUSEHOLD
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.domain.service_certificate import CertificateState, ServiceCertificate
from service_tracking.storage.collections import CERTIFICATES, OFFERS, RECORDS


async def certificate_by_number(database: Database, number: str) -> ServiceCertificate | None:
    document = await database[CERTIFICATES].find_one({"number": number})
    return restore(ServiceCertificate, document) if document else None


async def certificate_alike(database: Database, digest: str) -> ServiceCertificate | None:
    """The one that says the same and was not revoked."""
    document = await database[CERTIFICATES].find_one({"digest": digest, "revoked_at": None})
    return restore(ServiceCertificate, document) if document else None


async def states_of(database: Database, certificates: Iterable[ServiceCertificate]) -> Mapping[str, CertificateState]:
    """By id; one read for all of them."""
    asked = list(certificates)
    ids = sorted({one.record_id for certificate in asked for one in certificate.services})
    found = database[RECORDS].find({"_id": {"$in": ids}})
    records = {document["_id"]: restore(ServiceRecord, document) async for document in found}
    return {certificate.id: certificate.state(records) for certificate in asked}


async def confirmed_records(
    database: Database, member_id: str, community: str, starts_on: date, ends_on: date, most: int
) -> list[ServiceRecord]:
    """Of this member in this community, oldest first; at most so many."""
    found = database[RECORDS].find(
        {
            "member_id": member_id,
            "served_on": {"$gte": starts_on.isoformat(), "$lte": ends_on.isoformat()},
            "status": RecordStatus.CONFIRMED.value,
            "community": community,
        },
        sort=[("served_on", 1)],
        limit=most,
    )
    return [restore(ServiceRecord, document) async for document in found]


async def titles_of_households(database: Database, offer_ids: Iterable[str]) -> Mapping[str, str]:
    """The public titles of those offers that are for one household."""
    ids = sorted(set(offer_ids))
    if not ids:
        return {}
    kinds = [kind.value for kind in OF_A_HOUSEHOLD]
    found = database[OFFERS].find({"_id": {"$in": ids}, "kind": {"$in": kinds}}, {"title": 1})
    return {one["_id"]: one["title"] async for one in found}
