"""Find whose the papers are that communities hold, for a reconciliation: among the people of its scope."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database, Document

from registration.domain.likeness import Candidates, PersonTraits
from registration.domain.matching import Held, PaperLine, match_papers
from registration.domain.members import Member
from registration.domain.papers import Paper, PaperPerson
from registration.storage import reconciling as read
from registration.use_cases.sealed_records import open_personal_data


@dataclass(frozen=True, slots=True)
class Whose:
    """The papers of each member, those of nobody, and whom a person may find one of these to be, by paper."""

    held: Mapping[str, Sequence[Held]]
    strangers: Sequence[PaperLine]
    candidates: Mapping[str, list[Document]]


async def match_scope(
    database: Database, papers: Sequence[Paper], people: Collection[str], vault: Vault, *, whole: bool
) -> Whose:
    """`people` are members by id. Unless the scope is `whole`, a paper that is none of theirs is somebody else's."""
    owners = await read.members_by_index(database, {one.id_index for one in papers if one.id_index})
    unclear = {
        one.id: PaperPerson.model_validate_json(vault.open(one.sealed, one.id)).traits
        for one in papers
        if one.member_id is None and one.id_index not in owners
    }
    by_key: dict[str, list[str]] = {one.key: [] for one in unclear.values() if one.key}
    among = Candidates(unclear.values())
    # Opening everybody's data takes longest: only where a number does not tell whose a paper is.
    if unclear:
        for some in read.chunks(people):
            members = await read.members_by_id(database, some)
            await asyncio.to_thread(_look, members.values(), by_key, among, vault)
    by_number = {index: one for index, one in owners.items() if one in people}
    lines = [PaperLine(one.id, one.community_code, one.id_index, _key(one, unclear), one.member_id) for one in papers]
    held, unmatched = match_papers(lines, by_number, by_key)
    strangers = [one for one in unmatched if whole and one.paper_id in unclear]
    likely = await asyncio.to_thread(lambda: {one.paper_id: among.of(unclear[one.paper_id]) for one in strangers})
    return Whose(held, strangers, {paper: [one._asdict() for one in some] for paper, some in likely.items()})


def _look(members: Iterable[Member], by_key: Mapping[str, list[str]], among: Candidates, vault: Vault) -> None:
    """Note whom the papers name by key, and whom they may mean."""
    people = {one.id: _traits(one, vault) for one in members}
    among.see(people.items())
    for member_id, traits in people.items():
        if traits.key and traits.key in by_key:
            by_key[traits.key].append(member_id)


def _key(paper: Paper, unclear: Mapping[str, PersonTraits]) -> str | None:
    return unclear[paper.id].key if paper.id in unclear else None


def _traits(member: Member, vault: Vault) -> PersonTraits:
    data = open_personal_data(vault, member)
    return PersonTraits(data.name, data.id_number[6:12], data.phone)
