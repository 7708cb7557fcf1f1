"""Find whose the papers are that communities hold, for a reconciliation: among the people of its scope."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database, Document

from registration.domain.likeness import Candidates, PersonTraits
from registration.domain.matching import Match, PaperLine, PersonKeys, by_member, match_papers
from registration.domain.members import Member
from registration.domain.papers import Paper, PaperPerson
from registration.storage import reconciling as read
from registration.use_cases.sealed_records import open_personal_data


@dataclass(frozen=True, slots=True)
class Whose:
    """Each member's papers, those of nobody, and whom a person may find one of these to be, by paper."""

    matches: Mapping[str, Match]
    papers: Mapping[str, Sequence[PaperLine]]
    strangers: Sequence[PaperLine]
    candidates: Mapping[str, list[Document]]


async def match_scope(
    database: Database, papers: Sequence[Paper], people: Collection[str], vault: Vault, *, whole: bool
) -> Whose:
    """`people` are members by id. Unless the scope is `whole`, a paper that is none of theirs is somebody else's."""
    owners = await read.members_by_index(database, {one.id_index for one in papers if one.id_index})
    found = [PersonKeys(one, index, None) for index, one in owners.items() if one in people]
    unclear = {
        one.id: PaperPerson.model_validate_json(vault.open(one.sealed, one.id)).traits
        for one in papers
        if one.member_id is None and one.id_index not in owners
    }
    among = Candidates(unclear.values())
    # Opening everybody's data takes longest: only where a number does not tell whose a paper is.
    if unclear:
        for some in read.chunks(people):
            members = await read.members_by_id(database, some)
            found += await asyncio.to_thread(_look, members.values(), unclear.values(), among, vault)
    lines = [_line(one, unclear.get(one.id)) for one in papers]
    matches = match_papers(lines, found)
    strangers = [one for one in lines if whole and one.paper_id in unclear and one.paper_id not in matches]
    likely = await asyncio.to_thread(lambda: {one.paper_id: among.of(unclear[one.paper_id]) for one in strangers})
    candidates = {paper: [one._asdict() for one in some] for paper, some in likely.items()}
    return Whose(matches, by_member(lines, matches), strangers, candidates)


def _look(
    members: Iterable[Member], unclear: Iterable[PersonTraits], among: Candidates, vault: Vault
) -> list[PersonKeys]:
    """The keys of those whom the papers name; the others are seen for a likeness."""
    wanted = {one.key for one in unclear} - {None}
    people = {one.id: _traits(one, vault) for one in members}
    among.see(people.items())
    return [PersonKeys(one, None, traits.key) for one, traits in people.items() if traits.key in wanted]


def _traits(member: Member, vault: Vault) -> PersonTraits:
    data = open_personal_data(vault, member)
    return PersonTraits(data.name, data.id_number[6:12], data.phone)


def _line(paper: Paper, person: PersonTraits | None) -> PaperLine:
    return PaperLine(paper.id, paper.community_code, paper.id_index, person and person.key, paper.member_id)
