"""Agreements of a unit that is merged or split go over to another: they end, and those of the other follow them."""

from collections.abc import Iterable, Sequence
from datetime import date

from servicekit.domain import new_id
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement, AgreementStatus, succeed
from registration.domain.units import Unit
from registration.storage.collections import AGREEMENTS


async def agreements_of(work: Work, units: Sequence[str]) -> list[Agreement]:
    found = work.collection(AGREEMENTS).find({"unit_id": {"$in": units}}).sort("_id")
    return [restore(Agreement, one) async for one in found]


def hand_over_agreements(work: Work, going: Iterable[Agreement], new: Unit, known: list[Agreement], on: date) -> None:
    """The new unit keeps its own; with communities where it has none it takes the old one's place, as primary if it has
    no primary one. `known` are all of the units concerned: what is signed is added to them.
    """
    own = {one.community_code: one for one in known if one.unit_id == new.id}
    has_primary = any(one.primary and one.status is AgreementStatus.ACTIVE for one in own.values())
    for one in going:
        one.end(max(on, one.starts_on))
        work.save(AGREEMENTS, one)
        primary = one.primary and not has_primary
        has_primary = has_primary or primary
        followed = own.get(one.community_code)
        follower = succeed(one, followed, new_id(), unit_id=new.id, community_code=one.community_code, primary=primary)
        work.save(AGREEMENTS, follower)
        if followed is None:
            known.append(follower)


def primary_ones(known: Iterable[Agreement]) -> dict[str, Agreement]:
    """By unit, the primary one in force; else one that was until now, so that it places nobody any more."""
    primary = [one for one in known if one.primary]
    return {one.unit_id: one for one in sorted(primary, key=lambda one: one.status is AgreementStatus.ACTIVE)}
