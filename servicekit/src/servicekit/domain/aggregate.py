"""An aggregate: one document, changed as a whole, that records what happened to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Aggregate(BaseModel):
    """Base of every aggregate.

    `lane` is the six-digit county code it was born in; it never changes. `version` counts its saved changes and is
    kept by the unit of work: 0 means that it was never saved. `PERSONAL` names the fields of which the audit trail
    tells only that they changed. `event_schema` is the schema number of its snapshot: one more when it changes in a way
    that consumers have to learn first.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"sealed"})
    event_schema: ClassVar[int] = 1

    model_config = ConfigDict(extra="forbid", validate_assignment=False)

    id: str
    lane: str
    version: int = 0
    _facts: list[str] = PrivateAttr(default_factory=list)
    _stored: Mapping[str, Any] | None = PrivateAttr(default=None)

    @property
    def stored(self) -> Mapping[str, Any] | None:
        """The document it was loaded from or last written as; None when it never was."""
        return self._stored

    def remember(self, document: Mapping[str, Any]) -> None:
        """Take `document` as what is stored of it. The document belongs to the aggregate from now on."""
        self._stored = document

    def record(self, fact: str) -> None:
        """Record a fact, in the past tense (`claim-approved`); it is published if and only if the change commits."""
        self._facts.append(fact)

    def take_facts(self) -> list[str]:
        """The facts recorded since the last call, oldest first."""
        facts, self._facts = self._facts, []
        return facts

    def snapshot(self) -> BaseModel:
        """The public state that every event of this aggregate carries. Never personal data."""
        raise NotImplementedError(f"{type(self).__name__} records facts, so it must say what of it is public")
