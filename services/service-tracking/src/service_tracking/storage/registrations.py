"""The kept registrations: who may claim and serve."""

from collections.abc import Iterable

from servicekit.storage.work import VersionConflict, Work

from service_tracking.domain.registered import Registered
from service_tracking.storage.collections import REGISTRATIONS

COMPLETED = "COMPLETED"


async def completed_registrations(work: Work, member_ids: Iterable[str]) -> dict[str, Registered]:
    """The newest completed registration of each of these members that has one."""
    asked = list(set(member_ids))
    if not asked:
        return {}
    found = work.collection(REGISTRATIONS).find({"member_id": {"$in": asked}, "status": COMPLETED}, sort=[("_id", 1)])
    return {
        kept["member_id"]: Registered(kept["_id"], kept["member_id"], kept["unit_id"], kept["community"])
        async for kept in found
    }


async def hold_registrations(work: Work, registrations: Iterable[Registered]) -> None:
    """Make this unit of work conflict with whatever ends one of these registrations meanwhile.

    A transaction only conflicts over what it writes, and a claim relies on a registration that it only reads.
    """
    ids = {registration.registration_id for registration in registrations}
    if not ids:
        return
    held = await work.collection(REGISTRATIONS).update_many(
        {"_id": {"$in": list(ids)}, "status": COMPLETED}, {"$inc": {"holds": 1}}
    )
    if held.matched_count != len(ids):
        raise VersionConflict(REGISTRATIONS)


async def hold_members(work: Work, member_ids: Iterable[str]) -> None:
    """Make this unit of work conflict with whatever else counts the hours of these members' days meanwhile.

    Their registrations stand for them, also those that ended.
    """
    held = {"member_id": {"$in": sorted(set(member_ids))}}
    await work.collection(REGISTRATIONS).update_many(held, {"$inc": {"holds": 1}})
