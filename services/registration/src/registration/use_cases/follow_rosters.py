"""Registrations follow their members' roster lines: to another unit, off the roster, back onto one."""

from collections.abc import Iterable

from servicekit.storage.work import Work, restore

from registration.domain.members import Member
from registration.domain.registrations import STANDING, Registration
from registration.storage.collections import REGISTRATIONS


async def registrations_follow(work: Work, members: Iterable[Member]) -> list[Registration]:
    """Have what is open or completed follow these members; answer what did."""
    by_id = {member.id: member for member in members}
    if not by_id:
        return []
    followed = []
    standing = {"member_id": {"$in": list(by_id)}, "status": {"$in": STANDING}}
    async for one in work.collection(REGISTRATIONS).find(standing):
        registration = restore(Registration, one)
        registration.follow(by_id[registration.member_id])
        work.save(REGISTRATIONS, registration)
        followed.append(registration)
    return followed
