"""Where a member registers, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from servicekit.domain import Refusal

from registration.domain.agreements import Agreement
from registration.domain.divisions import Division


class Basis(StrEnum):
    RESIDENCE = "RESIDENCE"
    PAIRED_UNIT = "PAIRED_UNIT"


class NoPlacement(Refusal):
    member_id: str
    county: str
    zh = "无法确定报到社区:居住社区未登记,所在单位也没有有效的主要结对社区"
    en = "No community to register with: the residence is not known and the unit has no primary agreement in force"
    next_zh = "请填报居住社区,或由单位签订主要结对协议;该党员已列入 {county} 的待分配名单。"
    next_en = "Give the residence, or have the unit sign a primary agreement; {county} lists the member as to assign."


@dataclass(frozen=True, slots=True)
class Placement:
    community_code: str
    basis: Basis


def place(member_id: str, county: str, residence: Division | None, primary: Agreement | None, on: date) -> Placement:
    """The residence's community; else the one of the unit's primary agreement; else refused.

    A residence whose code was withdrawn is refused rather than passed over: the person should learn of it.
    """
    if residence is not None:
        residence.require_valid(on, path="residence")
        return Placement(residence.id, Basis.RESIDENCE)
    if primary is not None and primary.in_force(on):
        return Placement(primary.community_code, Basis.PAIRED_UNIT)
    raise NoPlacement(member_id=member_id, county=county)
