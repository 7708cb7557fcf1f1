"""An aggregate: one document, changed as a whole, that records what happened to it."""

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Aggregate(BaseModel):
    """Base of every aggregate.

    `lane` is the six-digit county code it was born in; it never changes. `version` counts its saved changes and is
    kept by the unit of work: 0 means that it was never saved.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=False)

    id: str
    lane: str
    version: int = 0
    _facts: list[str] = PrivateAttr(default_factory=list)

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
