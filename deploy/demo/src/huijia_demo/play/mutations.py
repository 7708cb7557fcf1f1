"""Mutations as the player sends them: in bulk, at most 500 rows a call, or one by one as a member does."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from huijia_demo.play.endpoint import Endpoint, Json
from huijia_demo.play.problems import NotYet, Refused

T = TypeVar("T")

MOST_ROWS = 500
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 0.5
REFUSAL = "... on Refusal { code message nextStep path }"
NOTHING_STORED = "Busy"


@dataclass(frozen=True)
class Mutation:
    """A mutation of one row and what is asked of its outcome; `bulk` is its name for many rows.

    `known` are refusals that say that the thing is there already, with the fields asked of them. `not_yet` are those of
    a service that has not heard of something yet: such a row is sent again for two minutes.
    """

    name: str
    bulk: str
    kind: str
    fields: str = "id"
    known: Mapping[str, str] = field(default_factory=dict)
    not_yet: frozenset[str] = frozenset()
    input: str = ""  # its input type, where it is not called after the mutation

    async def send(self, endpoint: Endpoint, token: str, rows: Sequence[Json], alone: bool = False) -> list[Json]:
        """One outcome a row: the thing, or a refusal among `known`. Raises Refused, NotYet, Fault, Unreachable."""
        outcomes: dict[int, Json] = {}
        deadline = monotonic() + PATIENCE_SECONDS
        waiting = list(range(len(rows)))
        while waiting:
            for part in parts(waiting, 1 if alone else MOST_ROWS):
                answered = await self._call(endpoint, token, [rows[i] for i in part], alone)
                outcomes.update(zip(part, answered, strict=True))
            waiting = [i for i in waiting if self._comes_later(outcomes[i])]
            if waiting:
                await self._pause(deadline, outcomes[waiting[0]])
        for i, outcome in outcomes.items():
            if outcome["__typename"] != self.kind and outcome["__typename"] not in self.known:
                raise Refused(self.name, outcome, rows[i])
        return [outcomes[i] for i in range(len(rows))]

    @property
    def document(self) -> str:
        return f"mutation($input: {self._input}!) {{ {self.name}(input: $input) {{ {self._outcome} }} }}"

    @property
    def bulk_document(self) -> str:
        payload = f"... on {_capital(self.bulk)}Payload {{ outcomes {{ {self._outcome} }} }}"
        return (
            f"mutation($inputs: [{self._input}!]!) "
            f"{{ {self.bulk}(inputs: $inputs) {{ __typename {payload} {REFUSAL} }} }}"
        )

    @property
    def _input(self) -> str:
        return self.input or f"{_capital(self.name)}Input"

    @property
    def _outcome(self) -> str:
        known = " ".join(f"... on {name} {{ {fields} }}" for name, fields in self.known.items() if fields)
        return f"__typename ... on {self.kind} {{ {self.fields} }} {known} {REFUSAL}"

    async def _call(self, endpoint: Endpoint, token: str, rows: Sequence[Json], alone: bool) -> list[Json]:
        if alone:
            return [(await endpoint.ask(self.document, token, input=rows[0]))[self.name]]
        result = (await endpoint.ask(self.bulk_document, token, inputs=rows))[self.bulk]
        if result["__typename"] == NOTHING_STORED:
            return [result] * len(rows)
        if "outcomes" not in result:
            raise Refused(self.bulk, result)
        outcomes: list[Json] = result["outcomes"]
        return outcomes

    def _comes_later(self, outcome: Json) -> bool:
        return outcome["__typename"] == NOTHING_STORED or outcome["__typename"] in self.not_yet

    async def _pause(self, deadline: float, refusal: Json) -> None:
        if monotonic() > deadline:
            raise NotYet(f"{self.name} ({refusal['__typename']}: {refusal.get('message')})", PATIENCE_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


def parts(rows: Sequence[T], most: int = MOST_ROWS) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), most):
        yield rows[start : start + most]


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]
