"""Dashboards and alerts speak of metrics that exist, and every metric of ours is looked at somewhere."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.manifests import (
    OBSERVE,
    dashboards,
    expressions,
    foreign_metrics,
    metric_family,
    own_metrics,
    rules,
    uses,
)


@pytest.mark.parametrize(("place", "expression"), expressions())
def test_an_expression_names_metrics_and_labels_that_are_exported(place: str, expression: str) -> None:
    known = own_metrics() | foreign_metrics()

    for use in uses(expression):
        assert use.metric in known, f"{place}: no code exports {use.metric}"
        labels = known[use.metric] | ({"job", "instance"} if use.metric != "up" else set())
        assert use.labels <= labels, f"{place}: {use.metric} has no label {sorted(use.labels - labels)}"


def test_every_metric_of_ours_is_in_a_dashboard_or_an_alert() -> None:
    shown = {metric_family(use.metric) for _, expression in expressions() for use in uses(expression)}

    unseen = {metric_family(name) for name in own_metrics()} - shown

    assert not unseen, f"nobody looks at {sorted(unseen)}: add a panel in {OBSERVE / 'grafana'}"


def test_foreign_metrics_are_declared_only_if_used() -> None:
    used = {use.metric for _, expression in expressions() for use in uses(expression)}

    assert set(foreign_metrics()) <= used


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_has_a_runbook_with_its_four_parts(rule: dict[str, dict[str, str]]) -> None:
    text = Path(rule["annotations"]["runbook"]).read_text()

    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [f"# {rule['alert']}", "## Meaning", "## First look", "## Mend", "## Verify"]


def test_every_runbook_is_of_an_alert() -> None:
    pages = {str(page) for page in Path("docs/runbooks").glob("*.md")}

    assert pages == {rule["annotations"]["runbook"] for rule in rules()}


def test_every_alert_is_tested_firing_and_silent() -> None:
    tested = (OBSERVE / "alerts.test.yaml").read_text()

    for rule in rules():
        assert f"name: {rule['alert']} fires\n" in tested
        assert f"name: {rule['alert']} is silent\n" in tested


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
def test_alerts_fire_when_they_must_and_only_then() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts.test.yaml"], cwd=OBSERVE, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_dashboards_are_found_by_their_uid() -> None:
    assert {name: dashboard["uid"] for name, dashboard in dashboards()} == {name: name for name, _ in dashboards()}
