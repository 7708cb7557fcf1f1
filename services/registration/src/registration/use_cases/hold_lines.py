"""Hold the lines of an applied roster that name somebody else's members, and settle those that were held before."""

from collections.abc import Iterable, Sequence

from servicekit.storage.work import Work, restore

from registration.domain.held_lines import HeldLine, hold
from registration.domain.members import Member
from registration.storage.collections import HELD_LINES


async def hold_lines(work: Work, unit_id: str, members: Sequence[Member]) -> None:
    """These are held now, each once; what the unit's roster names no longer, or has got, is settled."""
    wanted = {member.id: member for member in members}
    held = await _open(work, {"unit_id": unit_id})
    _settle(work, (one for one in held if one.member_id not in wanted))
    known = {one.member_id for one in held}
    for member_id, member in wanted.items():
        if member_id not in known:
            work.save(HELD_LINES, hold(unit_id, member, by=work.actor.subject, now=work.now))


async def settle_claims(work: Work, member_id: str, unit_id: str) -> None:
    """The unit got the member otherwise."""
    _settle(work, await _open(work, {"unit_id": unit_id, "member_id": member_id}))


async def _open(work: Work, match: dict[str, str]) -> list[HeldLine]:
    found = work.collection(HELD_LINES).find({**match, "settled_at": None})
    return [restore(HeldLine, one) async for one in found]


def _settle(work: Work, lines: Iterable[HeldLine]) -> None:
    for one in lines:
        one.settle(work.now)
        work.save(HELD_LINES, one)
