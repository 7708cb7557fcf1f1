"""The AsyncAPI 3 document of a service: the events that it publishes, and those that it consumes as it reads them.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from servicekit.events import CONTENT_TYPE
from servicekit.runtime.service import Service

Document = dict[str, Any]

_DESCRIPTION = (
    "Events of this service, as CloudEvents 1.0 in structured JSON. `data` is the whole public state of the subject "
    "at `version`: keep the newest version of each subject, and duplicates and late events can't hurt. Fields may be "
    "added without a new version of the type."
)
_LANE = "The six-digit county code that the subject was born in; `*` in a binding takes all."


@dataclass(frozen=True, slots=True)
class _Told:
    """One kind of event, with the model of its data as it is written or read here."""

    action: str
    source: str
    fact: str
    version: int
    model: type[BaseModel]

    @property
    def name(self) -> str:
        return f"{self.source}.{self.fact}"

    @property
    def mode(self) -> JsonSchemaMode:
        return "serialization" if self.action == "send" else "validation"


def document(service: Service) -> Document:
    """The document of `service`, ready to be written as JSON."""
    told = [*_published(service), *_consumed(service)]
    refs, schemas = models_json_schema(
        sorted({(one.model, one.mode) for one in told}, key=lambda pair: pair[0].__name__),
        ref_template="#/components/schemas/{model}",
    )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": service.name, "version": "1.0.0", "description": _DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "channels": {one.name: _channel(one) for one in told},
        "operations": {f"{one.action}.{one.name}": _operation(one) for one in told},
        "components": {
            "messages": {one.name: _message(one, refs[(one.model, one.mode)]) for one in told},
            "schemas": {"Envelope": _ENVELOPE, **_untitled(schemas.get("$defs", {}))},
        },
    }


def _published(service: Service) -> Iterable[_Told]:
    for fact, model in service.published.items():
        yield _Told("send", service.name, fact, 1, model)


def _consumed(service: Service) -> Iterable[_Told]:
    for consumes in service.consumed:
        for fact in consumes.facts:
            yield _Told("receive", consumes.source, fact, consumes.version, consumes.model)


def _channel(told: _Told) -> Document:
    return {
        "address": f"{{lane}}.{told.name}",
        "parameters": {"lane": {"description": _LANE}},
        "messages": {told.name: {"$ref": f"#/components/messages/{told.name}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": "huijia.events", "type": "topic"}}},
    }


def _operation(told: _Told) -> Document:
    channel = f"#/channels/{told.name}"
    return {
        "action": told.action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{told.name}"}],
    }


def _message(told: _Told, data: Document) -> Document:
    kind = {"type": {"const": f"huijia.{told.name}.v{told.version}"}, "source": {"const": f"/huijia/{told.source}"}}
    return {
        "name": told.fact,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {"type": "object", "properties": {**kind, "data": data}},
            ]
        },
    }


def _untitled(value: Any) -> Any:
    """Without the titles that pydantic makes of the names."""
    if isinstance(value, dict):
        return {name: _untitled(one) for name, one in value.items() if not (name == "title" and isinstance(one, str))}
    return [_untitled(one) for one in value] if isinstance(value, list) else value


_TEXT = {"type": "string", "minLength": 1}
_ENVELOPE: Document = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "lane", "version", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT,
        "source": _TEXT,
        "type": {**_TEXT, "description": "huijia.<source>.<fact>.v<version of the data's shape>"},
        "subject": {**_TEXT, "description": "The aggregate's id"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "lane": {**_TEXT, "description": _LANE},
        "version": {"type": "integer", "minimum": 1, "description": "The aggregate's version"},
        "correlationid": {"type": "string", "description": "The request that all this followed from"},
        "causationid": {"type": "string", "description": "The event that led to this one"},
        "traceparent": {"type": "string", "description": "W3C Trace Context"},
        "data": {"type": "object"},
    },
}
