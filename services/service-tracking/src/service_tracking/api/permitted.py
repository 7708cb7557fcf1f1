"""Batches with a policy: each row is run if the principal's grants cover what it is about."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from servicekit.domain import InvalidInput, NotPermitted, Refusal
from servicekit.graphql import Context
from servicekit.security import Role
from servicekit.storage.work import Work

from service_tracking.api.targets import Targets
from service_tracking.domain.person import Person

C = TypeVar("C")
D = TypeVar("D")
T = TypeVar("T")


def person(context: Context) -> Person:
    """The principal, and the members that it is."""
    return Person(context.principal.subject or "", frozenset(context.principal.scopes(Role.MEMBER)))


def member_meant(context: Context, member_id: str | None) -> str:
    """The member named, else the principal's own membership. Raises InvalidInput."""
    if member_id is not None:
        return member_id
    own = context.principal.scopes(Role.MEMBER)
    if len(own) != 1:
        raise InvalidInput(path="member_id", reason_zh="须指明为哪位党员办理", reason_en="say which member this is for")
    return own[0]


async def run_permitted(
    context: Context,
    key: str,
    commands: Sequence[C | Refusal],
    targets: Callable[[Context, Sequence[C]], Awaitable[Targets]],
    run: Callable[[Sequence[C]], Awaitable[Sequence[T | Refusal]]],
) -> list[T | Refusal]:
    """`run` the permitted commands in one go; every command has its outcome, in order."""
    checked = await _checked(context, key, commands, targets)
    permitted = [command for command in checked if not isinstance(command, Refusal)]
    outcomes = iter(await run(permitted) if permitted else ())
    return [command if isinstance(command, Refusal) else next(outcomes) for command in checked]


async def _checked(
    context: Context,
    key: str,
    commands: Sequence[C | Refusal],
    targets: Callable[[Context, Sequence[C]], Awaitable[Targets]],
) -> list[C | Refusal]:
    context.permits_many(key, ())
    found = iter(await targets(context, [command for command in commands if not isinstance(command, Refusal)]))

    def check(command: C) -> C | Refusal:
        target = next(found)
        if isinstance(target, Refusal):
            return target
        return command if context.permits(key, target) else NotPermitted(permission=key)

    return [command if isinstance(command, Refusal) else check(command) for command in commands]


async def run_batch(
    context: Context,
    key: str,
    commands: Sequence[C | Refusal],
    targets: Callable[[Context, Sequence[C]], Awaitable[Targets]],
    use_case: Callable[[Work, Person, Sequence[C]], Awaitable[Sequence[D | Refusal]]],
    present: Callable[[D], T],
) -> list[T | Refusal]:
    """As `run_permitted`, where `use_case` runs the batch and `present` shows what it made."""

    async def run(permitted: Sequence[C]) -> list[T | Refusal]:
        outcomes = await context.run(use_case, person(context), permitted)
        return [one if isinstance(one, Refusal) else present(one) for one in outcomes]

    return await run_permitted(context, key, commands, targets, run)


async def require_one(context: Context, key: str, targets: Awaitable[Targets]) -> None:
    """Raise the refusal of a thing that is not there, or NotPermitted."""
    (target,) = await targets
    if isinstance(target, Refusal):
        raise target
    context.require(key, target)
