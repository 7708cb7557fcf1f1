"""Manifests set what the programs read, and every setting is written down."""

import re
from pathlib import Path

import pytest
from huijia_local.city import LANES

from tests.deploy.manifests import (
    SETTINGS,
    Container,
    compose_containers,
    interpolated,
    unknown_variables,
    variables,
)

CONTAINERS = compose_containers()


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container.where)
def test_a_container_sets_only_what_its_program_reads(container: Container) -> None:
    assert not unknown_variables(container), f"{container.where} sets what {container.program} doesn't know"


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container.where)
def test_the_settings_of_a_container_are_complete_and_valid(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in variables(SETTINGS[container.program]):
        monkeypatch.delenv(name, raising=False)
    for name, value in container.env.items():
        monkeypatch.setenv(name, interpolated(value))

    settings = SETTINGS[container.program]()

    assert settings.model_dump()["jwks"].startswith("http")


def test_an_unknown_variable_is_seen() -> None:
    typo = Container("here", "huijia/evaluation:1", {"HUIJIA_LANE": "350802", "HUIJIA_ROLE": "worker"})

    assert unknown_variables(typo) == {"HUIJIA_LANE"}


@pytest.mark.parametrize("program", SETTINGS)
def test_every_setting_is_documented(program: str) -> None:
    words = {word for page in Path("docs").glob("*.md") for word in re.findall(r"HUIJIA_[A-Z0-9_]+", page.read_text())}

    assert variables(SETTINGS[program]) <= words, f"undocumented: {sorted(variables(SETTINGS[program]) - words)}"


def test_every_lane_has_a_worker_in_compose() -> None:
    lanes = {
        container.program: set(interpolated(container.env["HUIJIA_LANES"]).split(","))
        for container in compose_containers()
        if "HUIJIA_LANES" in container.env
    }

    assert lanes == {name: set(LANES.split(",")) for name in SETTINGS if name != "gateway"}
