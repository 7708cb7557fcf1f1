"""Where a member registers, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from servicekit.domain import Refusal

from registration.domain.agreements import Agreement
from registration.domain.divisions import Division
from registration.domain.members import Member


class Basis(StrEnum):
    RESIDENCE = "RESIDENCE"
    PAIRED_UNIT = "PAIRED_UNIT"
    ASSIGNED = "ASSIGNED"


class NoPlacement(Refusal):
    member_id: str
    county: str
    zh = "无法确定报到社区:居住社区未登记,所在单位也没有有效的主要结对社区"
    en = "No community to register with: the residence is not known and the unit has no primary agreement in force"
    next_zh = "请填报居住社区,或由单位签订主要结对协议,或由 {county} 从待分配名单中指定。"
    next_en = "Give the residence, have the unit sign a primary agreement, or have {county} assign a community."


class PlacementKnown(Refusal):
    community_code: str
    basis: Basis
    zh = "该党员的报到社区已确定:{community_code}({basis})"
    en = "Where this member registers is known: {community_code} ({basis})"
    next_zh = "无需指定。"
    next_en = "There is nothing to assign."


@dataclass(frozen=True, slots=True)
class Placement:
    community_code: str
    basis: Basis


def place(
    member: Member, residence: Division | None, assigned: Division | None, primary: Agreement | None, on: date
) -> Placement:
    """The residence's community; else the one that the county assigned; else the unit's primary one; else refused.

    The county assigns where nothing else places the member; what a person decided is not undone by a later agreement.

    A residence whose code was withdrawn is refused rather than passed over: the person should learn of it.
    """
    if residence is not None:
        residence.require_valid(on, path="residence")
        return Placement(residence.id, Basis.RESIDENCE)
    if assigned is not None and assigned.valid_on(on):
        return Placement(assigned.id, Basis.ASSIGNED)
    if primary is not None and primary.in_force(on):
        return Placement(primary.community_code, Basis.PAIRED_UNIT)
    raise NoPlacement(member_id=member.id, county=member.lane)
