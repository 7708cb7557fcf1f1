"""What a service says of its events is committed, and is what its code does."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from servicekit.runtime.asyncapi import document

SERVICES = Path(__file__).parents[2] / "services"
NAMES = ["registration", "service-tracking", "evaluation"]


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_document_is_what_the_code_publishes_and_consumes(name: str) -> None:
    made = document(import_module(f"{name.replace('-', '_')}.app").SERVICE)

    assert json.loads((SERVICES / name / "asyncapi.json").read_text()) == made, "run `make supergraph`"


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_of_the_data_are_valid_and_every_reference_leads_somewhere(name: str) -> None:
    committed = json.loads((SERVICES / name / "asyncapi.json").read_text())

    for message in committed["components"]["messages"].values():
        Draft202012Validator.check_schema(message["payload"])
    for reference in _references(committed):
        found = committed
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_what_one_service_consumes_another_publishes() -> None:
    documents = [json.loads((SERVICES / name / "asyncapi.json").read_text()) for name in NAMES]
    operations = [operation for one in documents for operation in one["operations"]]

    received = {name.removeprefix("receive.") for name in operations if name.startswith("receive.")}

    assert received <= {name.removeprefix("send.") for name in operations}


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for one in value.values() for found in _references(one)]
    return [found for one in value for found in _references(one)] if isinstance(value, list) else []
