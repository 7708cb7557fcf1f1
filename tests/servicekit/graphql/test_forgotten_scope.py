"""A mutation whose resolver forgot to ask for the scope commits nothing."""

from collections.abc import Callable

import strawberry
from servicekit.domain import Aggregate, SystemClock
from servicekit.graphql import Context, Info, build_schema, result_union
from servicekit.security import PUBLIC, Role, Target, allow
from servicekit.storage import outbox
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.servicekit.graphql.asking import HOST


class Card(Aggregate):
    pass


async def issue_card(work: Work, before_commit: Callable[[], None] = lambda: None) -> str:
    before_commit()
    work.save("cards", Card(id="1", lane="350802"))
    return "1"


@strawberry.type
class Issued:
    id: str


IssueResult = result_union("IssueResult", Issued)


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=IssueResult)
    async def forgetful(self, info: Info) -> Issued:
        return Issued(id=await info.context.run(issue_card))

    @strawberry.mutation(graphql_type=IssueResult)
    async def careful(self, info: Info) -> Issued:
        def allowed() -> None:
            info.context.require("Mutation.careful", Target(division="350802001001"))

        return Issued(id=await info.context.run(issue_card, allowed))


@strawberry.type
class Query:
    nothing: int = 0


SUBGRAPH = build_schema(
    query=Query,
    mutation=Mutation,
    types=[Issued],
    policy={
        "Query.nothing": PUBLIC,
        "Mutation.forgetful": allow(Role.HOST),
        "Mutation.careful": allow(Role.HOST),
        "Issued": PUBLIC,
    },
)


async def test_what_was_not_asked_for_is_not_committed(database: Database) -> None:
    context = await _context(database)

    answer = await SUBGRAPH.execute("mutation { forgetful { __typename } }", context=context, variables={})

    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await database["cards"].count_documents({}) == 0


async def test_an_earlier_mutation_of_the_request_does_not_ask_for_a_later_one(database: Database) -> None:
    context = await _context(database)

    answer = await SUBGRAPH.execute(
        "mutation { careful { __typename } forgetful { __typename } }", context=context, variables={}
    )

    assert [error["path"] for error in answer["errors"]] == [["forgetful"]]
    assert await database["cards"].count_documents({}) == 1


async def _context(database: Database) -> Context:
    await ensure_indexes(database, {outbox.OUTBOX: outbox.INDEXES, "cards": []})
    return Context(
        policy=SUBGRAPH.policy,
        principal=HOST,
        database=database,
        commands=Commands(database, source="library", clock=SystemClock()),
    )
