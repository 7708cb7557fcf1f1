"""The envelope of an event: CloudEvents 1.0, structured JSON.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

import orjson
from opentelemetry import propagate
from pydantic import BaseModel

from servicekit.domain.aggregate import Aggregate
from servicekit.domain.ids import new_id

CONTENT_TYPE = "application/cloudevents+json"
_TYPE = re.compile(r"huijia\.(?P<source>[a-z0-9-]+)\.(?P<fact>[a-z0-9-]+)\.v(?P<schema>[0-9]+)")

D = TypeVar("D", bound=BaseModel)


class MalformedEvent(ValueError):
    """What came over the bus is no event of ours; trying again can't help."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as published or received: what happened (`fact`) and the public snapshot (`data`) at `version`."""

    id: str
    source: str
    fact: str
    schema: int
    subject: str
    lane: str
    version: int
    time: datetime
    data: Any
    correlation_id: str
    causation_id: str | None
    traceparent: str | None

    @classmethod
    def of(
        cls,
        aggregate: Aggregate,
        fact: str,
        snapshot: BaseModel,
        *,
        source: str,
        time: datetime,
        correlation_id: str,
        causation_id: str | None,
        traceparent: str | None = None,
        schema: int = 1,
    ) -> Self:
        """The event that says `fact` of `aggregate` at its present version."""
        return cls(
            id=new_id(),
            source=source,
            fact=fact,
            schema=schema,
            subject=aggregate.id,
            lane=aggregate.lane,
            version=aggregate.version,
            time=time,
            data=snapshot.model_dump(mode="json"),
            correlation_id=correlation_id,
            causation_id=causation_id,
            traceparent=traceparent or _current_traceparent(),
        )

    @property
    def type(self) -> str:
        return f"huijia.{self.source}.{self.fact}.v{self.schema}"

    @property
    def routing_key(self) -> str:
        return f"{self.lane}.{self.source}.{self.fact}"

    def encode(self) -> bytes:
        optional = {"causationid": self.causation_id, "traceparent": self.traceparent}
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": f"/huijia/{self.source}",
                "type": self.type,
                "subject": self.subject,
                "time": self.time,
                "datacontenttype": "application/json",
                "lane": self.lane,
                "version": self.version,
                "correlationid": self.correlation_id,
                **{name: value for name, value in optional.items() if value},
                "data": self.data,
            }
        )

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """The event in `body`; `MalformedEvent` says what is wrong with it."""
        try:
            raw = orjson.loads(body)
            kind = _TYPE.fullmatch(raw["type"])
            if raw["specversion"] != "1.0" or kind is None:
                raise MalformedEvent(f"no event type of ours: {raw['type']!r:.80}")
            return cls(
                id=_text(raw["id"]),
                source=kind["source"],
                fact=kind["fact"],
                schema=int(kind["schema"]),
                subject=_text(raw["subject"]),
                lane=_text(raw["lane"]),
                version=_version(raw["version"]),
                time=_instant(raw["time"]),
                data=raw["data"],
                correlation_id=_optional_text(raw.get("correlationid")) or "",
                causation_id=_optional_text(raw.get("causationid")),
                traceparent=_optional_text(raw.get("traceparent")),
            )
        except MalformedEvent:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedEvent(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class Fact(Generic[D]):
    """What a handler gets: an event whose data is the consumer's own model of it."""

    id: str
    fact: str
    subject: str
    lane: str
    version: int
    time: datetime
    data: D
    correlation_id: str
    traceparent: str | None = None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedEvent(f"text expected, got {value!r:.40}")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None or value == "" else _text(value)


def _version(value: object) -> int:
    # What MongoDB keeps as an integer.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise MalformedEvent(f"version is a positive integer, got {value!r:.40}")
    return value


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise MalformedEvent(f"time without time zone: {value!r:.40}")
    return instant


def _current_traceparent() -> str | None:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")
