"""What travels on the bus is what the committed AsyncAPI documents say."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation.storage.archive import batches, positions
from jsonschema import Draft202012Validator

from tests.e2e.conftest import Town

SERVICES = Path(__file__).parents[2] / "services"
EACH = 20


async def test_events_of_a_played_city_fit_the_document_of_their_service(town: Town) -> None:
    documents = {f"/huijia/{folder.name}": json.loads((folder / "asyncapi.json").read_text()) for folder in _services()}
    seen: dict[str, int] = {}

    archive = town.mongo[f"evaluation-{town.local.world}"]
    for lane in await positions(archive):
        async for batch in batches(archive, lane):
            for event in batch.events:
                seen[event.type] = seen.get(event.type, 0) + 1
                if seen[event.type] <= EACH:
                    message = json.loads(event.encode())
                    problems = _problems(documents[message["source"]], f"{event.source}.{event.fact}", message)
                    assert not problems, f"{event.type}: {problems}"

    assert len(seen) > 30


def _services() -> list[Path]:
    return [folder for folder in SERVICES.iterdir() if (folder / "asyncapi.json").exists()]


def _problems(document: Mapping[str, Any], name: str, message: Any) -> list[str]:
    schema = {**document, "$ref": f"#/components/messages/{name}/payload"}
    return [f"{problem.json_path}: {problem.message}" for problem in Draft202012Validator(schema).iter_errors(message)]
