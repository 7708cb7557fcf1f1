"""The library as a process, to be started, asked and stopped by tests."""

import asyncio

import strawberry
from pymongo import IndexModel
from servicekit.graphql import Info, build_schema
from servicekit.runtime.cli import main
from servicekit.runtime.service import Service
from servicekit.security import AUTHENTICATED, PUBLIC
from servicekit.storage.mongo import Database


@strawberry.type
class Query:
    @strawberry.field
    async def slow(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field
    def language(self, info: Info) -> str:
        return info.context.lang

    @strawberry.field
    def subject(self, info: Info) -> str:
        return info.context.principal.subject or ""

    @strawberry.field
    def fault(self) -> str:
        raise KeyError("secret")


POLICY = {"Query.slow": PUBLIC, "Query.language": PUBLIC, "Query.subject": AUTHENTICATED, "Query.fault": PUBLIC}


async def obstacle(database: Database) -> str:
    return "take the brick out" if await database["bricks"].find_one() else ""


SERVICE = Service(
    "library",
    build_schema(query=Query, policy=POLICY),
    {"books": [IndexModel([("shelf", 1)], name="by_shelf")]},
    take_all=True,
    obstacle=obstacle,
)

if __name__ == "__main__":
    main(SERVICE)
