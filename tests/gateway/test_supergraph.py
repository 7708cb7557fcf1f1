"""Which supergraph files are served, and that one which can't be is refused, not half understood."""

import re
from pathlib import Path

import pytest
from gateway.graph_file import GraphFile
from gateway.settings import Settings
from gateway.supergraph import SupergraphError, read_supergraph

from tests.gateway.stub import FIXTURES

TEXT = (FIXTURES / "supergraph.graphql").read_text(encoding="utf-8")


def with_feature(directive: str) -> str:
    return TEXT.replace("schema @link", f"schema {directive} @link", 1)


@pytest.mark.parametrize("name", ["authenticated/v0.1", "requiresScopes/v0.1", "policy/v0.1", "context/v0.1"])
@pytest.mark.parametrize("shape", ['@link(url: "{}", for: SECURITY)', '@core(feature: "{}", for: EXECUTION)'])
def test_a_file_with_rules_that_are_not_understood_is_refused(name: str, shape: str) -> None:
    text = with_feature(shape.format(f"https://specs.apollo.dev/{name}"))

    with pytest.raises(SupergraphError, match=name):
        read_supergraph(text)


@pytest.mark.parametrize("name", ["inaccessible/v0.2", "join/v0.5", "tag/v0.3"])
def test_features_that_are_understood_or_for_nobody_are_no_obstacle(name: str) -> None:
    purpose = "" if name.startswith("tag") else ", for: SECURITY"

    read_supergraph(with_feature(f'@link(url: "https://specs.apollo.dev/{name}"{purpose})'))


@pytest.mark.parametrize(
    ("pattern", "other"),
    [
        (r"graph: PEOPLE", "graph: NOBODY"),
        (r'key: "id"', 'key: "id {"'),
        (r"type Address", "type Elsewhere"),
        (r"enum join__Graph", "enum join__Other"),
        (r"\bMember\b", "Nobody"),
    ],
)
def test_whatever_is_wrong_with_a_file_it_is_refused_in_words(tmp_path: Path, pattern: str, other: str) -> None:
    file = tmp_path / "supergraph.graphql"
    file.write_text(re.sub(pattern, other, TEXT, count=1), encoding="utf-8")

    with pytest.raises(SupergraphError, match=r"(can't be|no supergraph)"):
        GraphFile(file, Settings())
