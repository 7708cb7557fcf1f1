"""A small subgraph to test on: a library with shelves, books and readers. It counts its loads."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

import strawberry
from servicekit.domain import NotFound, Refusal, TooManyRows
from servicekit.graphql import (
    Connection,
    Context,
    ForeignEntity,
    Info,
    Subgraph,
    build_schema,
    bulk_union,
    connection,
    empty_connection,
    result_union,
    text,
    text_argument,
)
from servicekit.security import AUTHENTICATED, PUBLIC, Role, Rule, Target, allow
from servicekit.storage.paging import Page


@dataclass
class Store:
    """Stands for the service's data; `loads` counts the calls that a database would get."""

    loads: Counter[str] = field(default_factory=Counter)
    shelves: int = 20
    books_per_shelf: int = 3
    lending: list[str | Exception] = field(default_factory=list)

    async def lent(self) -> "AsyncIterator[Book]":
        for one in self.lending:
            if isinstance(one, Exception):
                raise one
            yield Book.of({"id": one})


class AlreadyLent(Refusal):
    lent_on: date
    zh = "已于 {lent_on} 借出。"
    en = "Lent on {lent_on}."
    next_zh = "请预约。"
    next_en = "Reserve it."


async def books_of_shelves(context: Context, codes: Sequence[str], *, first: int, after: str | None) -> dict[str, Page]:
    store = context.resource(Store)
    store.loads["books"] += 1
    return {
        code: Page([{"id": f"{code}-{n}"} for n in range(min(first, store.books_per_shelf))], None, False)
        for code in codes
    }


@strawberry.federation.type(keys=["id"])
class Book:
    id: strawberry.ID
    policy_target: strawberry.Private[Target]

    @strawberry.field
    def price(self) -> int | None:
        return 42

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Book":
        return cls(id=document["id"], policy_target=Target(division=document["id"][:6]))

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Book | None"]:
        info.context.resource(Store).loads["book references"] += 1
        return [None if key["id"] == "unknown" else cls.of(key) for key in keys]


@strawberry.federation.type(keys=["code", "hallId row"])
class Shelf:
    code: strawberry.ID
    hall_id: strawberry.ID = strawberry.ID("h")
    row: int = 0

    @strawberry.field
    async def books(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Book]:
        page = await info.context.loaders.load(books_of_shelves, self.code, first=first, after=after)
        return connection(page, Book.of)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Shelf"]:
        info.context.resource(Store).loads["shelf references"] += 1
        return [cls(code=key.get("code") or f"{key['hall_id']}/{key['row']}") for key in keys]


@strawberry.federation.type(keys=["id"])
class Reader(ForeignEntity):
    id: strawberry.ID


@strawberry.federation.type(keys=["id"])
class Broken:
    id: strawberry.ID

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Broken"]:
        raise ValueError("the broken type's own fault: secret")


@strawberry.input
class AuthorInput:
    name: str
    note: str | None = text(max=5, default=None)


@strawberry.input
class LendInput:
    book_id: strawberry.ID
    reader: str = ""
    authors: list[AuthorInput] = strawberry.field(default_factory=list)


LendResult = result_union("LendResult", Book, NotFound, AlreadyLent, TooManyRows)
LendAllResult = bulk_union("LendAll", LendResult)
ReturnResult = result_union("ReturnResult", Book)


def lend(input: LendInput) -> Book:
    if input.book_id == "missing":
        raise NotFound(what_zh="书", what_en="book", id=input.book_id, path="book_id")
    if input.book_id == "lent":
        raise AlreadyLent(lent_on=date(2017, 3, 5))
    return Book.of({"id": input.book_id})


def outcome(input: LendInput) -> Book | Refusal:
    try:
        return lend(input)
    except Refusal as refusal:
        return refusal


@strawberry.type
class Query:
    @strawberry.field
    def shelves(self, info: Info, first: int = 20) -> Connection[Shelf]:
        count = min(first, info.context.resource(Store).shelves)
        return connection(Page([{"code": f"3508{n:02}"} for n in range(count)]), lambda one: Shelf(code=one["code"]))

    @strawberry.field
    def book(self, info: Info, id: strawberry.ID) -> Book | None:
        book = Book.of({"id": id})
        info.context.require("Query.book", book.policy_target)
        return book

    @strawberry.field
    def careless(self, info: Info, empty: bool = False) -> Connection[Book]:
        if empty:
            return empty_connection()
        return connection(Page([{"id": "350802-1"}]), Book.of)

    @strawberry.field
    def find(self, text: str, number: Annotated[str | None, text_argument(max=3)] = None) -> str:
        if text == "fault":
            raise KeyError("secret detail")
        if text == "absent":
            raise NotFound(what_zh="书", what_en="book", id="7", path="text")
        return text

    @strawberry.field
    def me(self, info: Info) -> str:
        return info.context.principal.subject or ""


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=LendResult)
    async def lend(self, info: Info, input: LendInput) -> Book:
        info.context.require("Mutation.lend", Target(division=input.book_id[:6]))
        return lend(input)

    @strawberry.mutation(graphql_type=LendAllResult)
    async def lend_all(self, info: Info, inputs: list[LendInput]) -> list[Book | Refusal]:
        return [outcome(input) for input in inputs]

    @strawberry.mutation(graphql_type=ReturnResult)
    def give_back(self, id: strawberry.ID) -> Book:
        raise NotFound(what_zh="书", what_en="book", id=id)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def lent(self, info: Info, division: strawberry.ID) -> AsyncIterator[Book]:
        info.context.require("Subscription.lent", Target(division=division))
        return info.context.resource(Store).lent()

    @strawberry.subscription
    async def carelessly_lent(self, info: Info) -> AsyncIterator[Book]:
        return info.context.resource(Store).lent()


POLICY: dict[str, Rule] = {
    "Query.shelves": PUBLIC,
    "Query.book": allow(Role.HOST, Role.AUDITOR),
    "Query.careless": allow(Role.HOST),
    "Query.find": PUBLIC,
    "Query.me": AUTHENTICATED,
    "Mutation.lend": allow(Role.HOST),
    "Mutation.lendAll": PUBLIC,
    "Mutation.giveBack": PUBLIC,
    "Book": PUBLIC,
    "Book.price": allow(Role.HOST),
    "Shelf": PUBLIC,
    "Reader": PUBLIC,
    "Broken": PUBLIC,
}
WATCHING = {"Subscription.lent": allow(Role.HOST), "Subscription.carelesslyLent": allow(Role.HOST)}


def build() -> Subgraph:
    types = [Book, Shelf, Reader, Broken]
    return build_schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=types, policy=POLICY | WATCHING
    )
