"""How mutations run their use cases: with the caller's permission to be asked for every row."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from servicekit.domain import Refusal
from servicekit.graphql import Info
from servicekit.storage.work import Work

from registration.use_cases.batches import Permit, sole

C = TypeVar("C")
D = TypeVar("D", covariant=True)
A = TypeVar("A")
T = TypeVar("T")
Batch = Callable[[Work, Sequence[C], Permit], Awaitable[list[A | Refusal]]]


class Input(Protocol[D]):
    def command(self) -> D: ...


async def batch(
    info: Info, key: str, use_case: Batch[C, A], inputs: Sequence[Input[C]], present: Callable[[A], T]
) -> list[T | Refusal]:
    commands = [one.command() for one in inputs]
    outcomes = await info.context.run(use_case, commands, permit(info, key))
    return [one if isinstance(one, Refusal) else present(one) for one in outcomes]


async def single(info: Info, key: str, use_case: Batch[C, A], input: Input[C], present: Callable[[A], T]) -> T:
    return sole(await batch(info, key, use_case, [input], present))


def permit(info: Info, key: str) -> Permit:
    """What the use case asks for every row that names something; a batch of nothing but unknown ids asks nothing."""
    info.context.scope_checked.add(key)
    return partial(info.context.require, key)
