"""What a resolver may use: `info.context`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import strawberry

from servicekit.bus.listener import EVERY_LANE, FactStream, Listener
from servicekit.domain import NotPermitted
from servicekit.graphql.files import Files
from servicekit.graphql.loaders import Loaders
from servicekit.security import ANONYMOUS, Policy, Principal, Target
from servicekit.storage.work import Actor

if TYPE_CHECKING:
    from servicekit.domain.refusals import Language
    from servicekit.storage.commands import Commands
    from servicekit.storage.mongo import Database
    from servicekit.storage.work import Work

T = TypeVar("T")
P = ParamSpec("P")


class ScopeNotCheckedError(Exception):
    """A root field with a scoped rule forgot to ask whether the principal's scope covers what it does or answers."""


class Context:
    """One request: who asks, in which language, and the means to answer."""

    def __init__(
        self,
        *,
        policy: Policy,
        principal: Principal = ANONYMOUS,
        language: Language = "zh",
        correlation_id: str = "",
        database: Database | None = None,
        commands: Commands | None = None,
        resources: Mapping[type, object] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.policy = policy
        self.principal = principal
        self.lang = language
        self.correlation_id = correlation_id
        self.loaders: Loaders[Context] = Loaders(self)
        self.files = Files()
        self.scope_checked: set[str] = set()
        # Root fields of a mutation run one after the other, so there is one at a time.
        self.scoped_mutation: str | None = None
        self._covered: dict[tuple[str, Target], bool] = {}
        self._database = database
        self._commands = commands
        self._resources = resources or {}
        self._listener = listener
        self._streams: list[FactStream] = []

    @property
    def database(self) -> Database:
        if self._database is None:
            raise RuntimeError("this service has no database")
        return self._database

    @property
    def commands(self) -> Commands:
        if self._commands is None:
            raise RuntimeError("this service runs no commands")
        return self._commands

    @property
    def actor(self) -> Actor:
        """Who the commands of this request are run for."""
        return Actor(subject=self.principal.subject or "anonymous", correlation_id=self.correlation_id)

    async def run(
        self, use_case: Callable[Concatenate[Work, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case in a transaction of its own, for the principal of this request.

        Nothing is committed for a mutation with a scoped rule that has not asked whether the scope covers it.
        """

        @wraps(use_case)  # the audit trail tells its name
        async def guarded(work: Work) -> T:
            answer = await use_case(work, *args, **kwargs)
            self.ensure_scope_checked(self.scoped_mutation)
            return answer

        return await self.commands.run_as(self.actor, guarded)

    def ensure_scope_checked(self, key: str | None) -> None:
        """Raises ScopeNotCheckedError when the root field `key` needs a check of scope and made none so far."""
        if key is not None and key not in self.scope_checked:
            raise ScopeNotCheckedError(f"{key} acted or answered without context.require or context.permits")

    async def listen(self, source: str, fact: str, *, lane: str = EVERY_LANE) -> FactStream:
        """The events of a fact from now on, until this subscription ends. Raises SubscriptionInterrupted."""
        if self._listener is None:
            raise RuntimeError("this service has no listener")
        stream = await self._listener.listen(source, fact, lane=lane)
        self._streams.append(stream)
        return stream

    def renewed(self) -> Context:
        """The same request at a later instant: nothing loaded yet, and only the grants that are active now."""
        return Context(
            policy=self.policy,
            principal=self.principal.at(datetime.now(UTC)),
            language=self.lang,
            correlation_id=self.correlation_id,
            database=self._database,
            commands=self._commands,
            resources=self._resources,
        )

    async def close(self) -> None:
        """Stop listening."""
        for stream in self._streams:
            await stream.aclose()

    def resource(self, kind: type[T]) -> T:
        """What the service put at its resolvers' disposal under this type, such as a cipher."""
        found = self._resources[kind]
        if not isinstance(found, kind):
            raise TypeError(f"the resource for {kind.__name__} is a {type(found).__name__}")
        return found

    def require(self, key: str, target: Target) -> None:
        """Raise NotPermitted unless the policy's rule `key` covers the target."""
        if not self.permits(key, target):
            raise NotPermitted(permission=key)

    def permits(self, key: str, target: Target) -> bool:
        self.scope_checked.add(key)
        return self.policy.permits(self.principal, key, target)

    def covers(self, key: str, target: Target) -> bool:
        """As `permits`, remembered for the request: for rules of types, asked at every field of every object."""
        decision = self._covered.get((key, target))
        if decision is None:
            decision = self._covered[key, target] = self.policy.permits(self.principal, key, target)
        return decision

    def permits_many(self, key: str, targets: Iterable[Target]) -> list[bool]:
        """As `permits`, for each target in order."""
        self.scope_checked.add(key)
        rule = self.policy.rule(key)
        return [rule.permits(self.principal, target, key) for target in targets]


Info = strawberry.Info[Context, None]
