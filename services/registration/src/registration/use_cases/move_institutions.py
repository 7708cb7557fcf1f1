"""What communities have beside people goes over when they are merged or split: grids, organs, terms, agreements."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from servicekit.domain import Aggregate, new_id
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement, AgreementStatus, succeed
from registration.domain.appointments import Appointment
from registration.domain.divisions import ancestors_of
from registration.domain.grids import Grid
from registration.domain.leader_links import LeaderLink
from registration.domain.organs import Organ
from registration.domain.profiles import CommunityProfile, new_profile
from registration.domain.reorganisations import Reorganisation
from registration.storage.collections import AGREEMENTS, APPOINTMENTS, GRIDS, LEADER_LINKS, ORGANS, PROFILES

A = TypeVar("A", bound=Aggregate)


async def move_grids(work: Work, ordered: Reorganisation, names: Mapping[str, str]) -> None:
    """Grids go with their people. `names` are the communities' names, to tell grids of the same name apart."""
    taken = {
        (one["community_code"], one["name"])
        async for one in work.collection(GRIDS).find(
            {"community_code": {"$in": ordered.successors}}, {"community_code": 1, "name": 1}
        )
    }
    async for grid in _all(work, GRIDS, Grid, {"community_code": {"$in": ordered.sources}}):
        to = ordered.destination("", grid.id)
        if to != grid.community_code:
            name = _free(grid.name, names[grid.community_code], to, taken)
            grid.move(to, name)
            taken.add((to, name))
            work.save(GRIDS, grid)


async def move_organs(work: Work, ordered: Reorganisation, names: Mapping[str, str]) -> None:
    """Organs are the same bodies as before, with whoever serves in them."""
    standing = {"ancestors": ordered.target, "ended_on": None}
    taken = {(one.kind + one.division, one.name) async for one in _all(work, ORGANS, Organ, standing)}
    moved = set()
    async for organ in _all(work, ORGANS, Organ, {"ancestors": {"$in": ordered.sources}, "ended_on": None}):
        key = organ.kind + ordered.target
        name = _free(organ.name, names[organ.division[:12]], key, taken)
        organ.move(ordered.target, name)
        taken.add((key, name))
        moved.add(organ.id)
        work.save(ORGANS, organ)
    async for one in _all(work, APPOINTMENTS, Appointment, {"ancestors": {"$in": ordered.sources}, "ended_on": None}):
        if one.organ_id in moved:
            one.move(ordered.target)
            work.save(APPOINTMENTS, one)


async def renew_terms(work: Work, ordered: Reorganisation) -> None:
    """Who serves a community itself did so for the old one until the day, and does for the new one since."""
    open_now: dict[str, Any] = {"ancestors": {"$in": [*ordered.sources, ordered.target]}, "ended_on": None}
    links = [one async for one in _all(work, LEADER_LINKS, LeaderLink, open_now)]
    linked = {one.member_id for one in links if one.community_code == ordered.target}
    for link in links:
        if link.community_code in ordered.sources:
            link.end(max(ordered.effective_on, link.starts_on))
            work.save(LEADER_LINKS, link)
            if link.member_id not in linked:
                linked.add(link.member_id)
                work.save(LEADER_LINKS, _again(link, ordered, "leader-linked", community_code=ordered.target))
    terms = [one async for one in _all(work, APPOINTMENTS, Appointment, open_now) if one.organ_id is None]
    held = {(one.member_id, one.role) for one in terms if one.division == ordered.target}
    for term in terms:
        if term.division in ordered.sources:
            term.end(max(ordered.effective_on, term.starts_on))
            work.save(APPOINTMENTS, term)
            if (term.member_id, term.role) not in held:
                held.add((term.member_id, term.role))
                work.save(APPOINTMENTS, _again(term, ordered, "appointment-made", division=ordered.target))


async def succeed_agreements(work: Work, ordered: Reorganisation) -> None:
    """A unit's agreement with a community that goes ends, and one with the community that takes over follows it."""
    active = AgreementStatus.ACTIVE.value
    ending = [
        one
        async for one in _all(
            work, AGREEMENTS, Agreement, {"community_code": {"$in": ordered.sources}, "status": active}
        )
    ]
    known = {
        one.unit_id: one
        async for one in _all(
            work,
            AGREEMENTS,
            Agreement,
            {"unit_id": {"$in": [one.unit_id for one in ending]}, "community_code": ordered.target},
        )
    }
    for old in ending:
        old.end(max(ordered.effective_on, old.starts_on))
        work.save(AGREEMENTS, old)
        new = known[old.unit_id] = succeed(
            old,
            known.get(old.unit_id),
            new_id(),
            unit_id=old.unit_id,
            community_code=ordered.target,
            primary=old.primary,
        )
        work.save(AGREEMENTS, new)


async def hand_over_means(work: Work, ordered: Reorganisation) -> None:
    """What a withdrawn community had to work with adds to what whoever takes over has; its own profile is closed."""
    profiles = await work.load(CommunityProfile, PROFILES, [*ordered.sources, ordered.target])
    taker = profiles.pop(ordered.target, None)
    for old in (one for one in profiles.values() if one.closed_on is None):
        old.close(ordered.effective_on)
        work.save(PROFILES, old)
        if taker is None:
            taker = new_profile(ordered.target, old.means, ordered.effective_on)
        else:
            taker.change(taker.means + old.means, ordered.effective_on)
        work.save(PROFILES, taker)


def _again(term: Any, ordered: Reorganisation, fact: str, **place: str) -> Any:
    """The same term, begun anew in the community that takes over."""
    fresh = {"id": new_id(), "version": 0, "ended_on": None, "starts_on": max(ordered.effective_on, term.starts_on)}
    renewed = type(term).model_validate({**dict(term), **fresh, **place, "ancestors": ancestors_of(ordered.target)})
    renewed.record(fact)
    return renewed


def _free(name: str, community: str, key: str, taken: set[tuple[str, str]]) -> str:
    """The name, told apart by the community that it came from where it is taken."""
    while (key, name) in taken:
        name = f"{name}({community})"
    return name


async def _all(work: Work, collection: str, kind: type[A], match: dict[str, Any]) -> AsyncIterator[A]:
    async for one in work.collection(collection).find(match).sort("_id"):
        yield restore(kind, one)
