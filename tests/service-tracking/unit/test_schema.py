"""The committed subgraph is the one that is served; every event has a published model."""

import re
from pathlib import Path

import service_tracking
from service_tracking.app import SERVICE
from service_tracking.messages.published import PUBLISHED

PACKAGE = Path(service_tracking.__file__).parent


def test_the_committed_schema_is_the_one_served() -> None:
    committed = (PACKAGE.parents[1] / "schema.graphql").read_text()

    assert committed.rstrip() == SERVICE.subgraph.sdl.rstrip(), (
        "run: python -m service_tracking schema > services/service-tracking/schema.graphql"
    )


def test_every_fact_that_an_aggregate_records_is_published_with_a_model() -> None:
    sources = "".join(module.read_text() for module in (PACKAGE / "domain").glob("*.py"))
    recorded = set(
        re.findall(
            r'"((?:offer|claim|record|beneficiary|certificate|sample|follow-up|policy|problem|project|service-point|programme|recurring-post|support)-[a-z-]+)"',
            sources,
        )
    )

    assert recorded == set(PUBLISHED)
