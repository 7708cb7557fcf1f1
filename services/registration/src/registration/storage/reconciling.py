"""What a reconciliation reads. Everything as it was on a day, by the dates on rosters and papers."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import restore

from registration.domain.members import Member
from registration.domain.papers import Paper
from registration.domain.reconciliations import Scope
from registration.domain.registrations import Registration
from registration.storage.collections import MEMBERS, PAPERS, REGISTRATIONS, ROSTERS, UNITS

_CHUNK = 5_000
T = TypeVar("T")


async def units_of(database: Database, scope: Scope) -> list[str]:
    """The ids of the units whose rosters are in the scope."""
    match: dict[str, Any] = {"line": scope.line, "ancestors": scope.division, "_id": scope.unit}
    found = database[UNITS].find({name: value for name, value in match.items() if value is not None}, {"_id": 1})
    return [one["_id"] async for one in found]


async def units_that_ever_had(database: Database, members: Iterable[str], line: str | None) -> list[str]:
    """The ids of the units, of a line where one is given, whose rosters these members were ever on."""
    units: set[str] = set()
    for chunk in chunks(members):
        units.update(await database[ROSTERS].distinct("unit_id", {"joined": {"$in": chunk}}))
    match: dict[str, Any] = {"_id": {"$in": list(units)}, **({"line": line} if line else {})}
    return [one["_id"] async for one in database[UNITS].find(match, {"_id": 1})]


async def rosters_on(database: Database, units: Iterable[str], on: date) -> tuple[dict[str, str], dict[str, str]]:
    """The units of those on these rosters that day, and of those who had left them, by member."""
    on_roster: dict[str, str] = {}
    departed: dict[str, str] = {}
    for version in await _versions(database, units, on):
        unit = version["unit_id"]
        for member in version["left"]:
            if on_roster.get(member) == unit:
                del on_roster[member]
            departed.setdefault(member, unit)
        for member in version["joined"]:
            on_roster[member] = unit
    return on_roster, {member: unit for member, unit in departed.items() if member not in on_roster}


async def _versions(database: Database, units: Iterable[str], on: date) -> list[Document]:
    """Roster versions in effect by that day, in the order in which they were applied."""
    fields = {"unit_id": 1, "joined": 1, "left": 1}
    versions: list[Document] = []
    for chunk in chunks(units):
        match = {"unit_id": {"$in": chunk}, "effective_on": {"$lte": on.isoformat()}}
        versions += await database[ROSTERS].find(match, fields).to_list()
    return sorted(versions, key=lambda one: str(one["_id"]))


async def members_by_id(database: Database, ids: Iterable[str]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for chunk in chunks(ids):
        async for one in database[MEMBERS].find({"_id": {"$in": chunk}}):
            found[one["_id"]] = restore(Member, one)
    return found


async def members_ever_living_in(database: Database, community: str) -> list[str]:
    """Now or before; when, the member tells."""
    at_some_time = [{"residence": community}, {"earlier_residences.community_code": community}]
    return [one["_id"] async for one in database[MEMBERS].find({"$or": at_some_time}, {"_id": 1})]


async def members_by_index(database: Database, indexes: Iterable[str]) -> dict[str, str]:
    """The ids of members, by the blind index of their ID number."""
    found: dict[str, str] = {}
    for chunk in chunks(indexes):
        async for one in database[MEMBERS].find({"id_index": {"$in": chunk}}, {"id_index": 1}):
            found[one["id_index"]] = one["_id"]
    return found


async def registrations_of(database: Database, members: Iterable[str]) -> list[Registration]:
    """Each member's oldest first."""
    found: list[Registration] = []
    for chunk in chunks(members):
        registrations = database[REGISTRATIONS].find({"member_id": {"$in": chunk}})
        found += [restore(Registration, one) async for one in registrations.sort([("member_id", 1), ("_id", 1)])]
    return found


async def papers_within(database: Database, prefix: str, on: date) -> Sequence[Paper]:
    """Received by that day in the communities whose codes begin with `prefix`, each community's oldest first."""
    match = {"community_code": {"$gte": prefix, "$lt": prefix + ":"}, "received_on": {"$lte": on.isoformat()}}
    found = database[PAPERS].find(match).sort([("community_code", 1), ("_id", 1)])
    return [restore(Paper, one) async for one in found]


def chunks(items: Iterable[T]) -> Iterable[list[T]]:
    """A few thousand at a time: what one question names, and what is held at once."""
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
