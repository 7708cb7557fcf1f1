"""What the manifests say and what the code knows, side by side."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from evaluation.settings import EvaluationSettings
from gateway.settings import Settings as GatewaySettings
from opentelemetry.sdk import environment_variables
from prometheus_client import REGISTRY
from pydantic_settings import BaseSettings
from registration.settings import RegistrationSettings
from service_tracking.settings import Settings as TrackingSettings

DEPLOY = Path("deploy")
COMPOSE = DEPLOY / "compose" / "compose.yaml"
OBSERVE = DEPLOY / "observe"
PREFIX = "HUIJIA_"
SETTINGS: dict[str, type[BaseSettings]] = {
    "registration": RegistrationSettings,
    "service-tracking": TrackingSettings,
    "evaluation": EvaluationSettings,
    "gateway": GatewaySettings,
}
OTEL = {name for name in dir(environment_variables) if name.startswith("OTEL_")}
SOURCES = ("servicekit/src", "gateway/src", *map(str, Path().glob("services/*/src")))
EXPORTS = re.compile(r"= (?:Counter|Gauge|Histogram|Summary)\(\s*\"")
SUBGRAPH_URL = re.compile(r"HUIJIA_SUBGRAPH_[A-Z_]+_URL")


@dataclass(frozen=True)
class Container:
    """A container of ours in a manifest: what it runs and the settings that it gets."""

    where: str
    image: str
    env: Mapping[str, str]

    @property
    def program(self) -> str:
        return self.image.removeprefix("huijia/").partition(":")[0]


def variables(settings: type[BaseSettings]) -> set[str]:
    return {PREFIX + name.upper() for name in settings.model_fields}


def unknown_variables(container: Container) -> set[str]:
    """The variables that this container's program doesn't read."""
    known = variables(SETTINGS[container.program]) | OTEL
    left = set(container.env) - known
    return {name for name in left if not (container.program == "gateway" and SUBGRAPH_URL.fullmatch(name))}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def compose_containers() -> list[Container]:
    return [
        Container(f"compose {name}", service["image"], service["environment"])
        for name, service in compose()["services"].items()
        if service["image"].startswith("huijia/")
    ]


def interpolated(text: str) -> str:
    """Compose's `${NAME:-default}` and `${NAME:?error}`, with nothing set but the secrets."""
    return re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}", lambda match: match[1] or "secret", text)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((OBSERVE / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboards() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((OBSERVE / "grafana" / "dashboards").glob("*.json")):
        yield path.stem, json.loads(path.read_text())


def expressions() -> list[tuple[str, str]]:
    """Every PromQL expression with the place where it stands."""
    found = [(f"alert {rule['alert']}", rule["expr"]) for rule in rules()]
    for name, dashboard in dashboards():
        for panel in dashboard["panels"]:
            found += [(f"dashboard {name}: {panel['title']}", target["expr"]) for target in panel["targets"]]
    return found


@dataclass(frozen=True)
class Use:
    """A metric in an expression, with the labels that are matched or grouped by."""

    metric: str
    labels: frozenset[str]


def uses(expression: str) -> list[Use]:
    """The metrics of an expression. Labels of an aggregation count for every metric below it."""
    found: list[Use] = []
    _walk(promql_parser.parse(expression), frozenset(), found.append)
    return found


def _walk(node: Any, grouped: frozenset[str], report: Callable[[Use], None]) -> None:
    if isinstance(node, promql_parser.MatrixSelector):
        node = node.vector_selector
    if isinstance(node, promql_parser.VectorSelector):
        matched = {matcher.name for matcher in node.matchers.matchers}
        report(Use(node.name, grouped | matched))
        return
    if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
        grouped = grouped | set(node.modifier.labels)
    children = [getattr(node, name, None) for name in ("expr", "lhs", "rhs")] + list(getattr(node, "args", None) or ())
    for child in children:
        if child is not None:
            _walk(child, grouped, report)


def own_metrics() -> dict[str, set[str]]:
    """Every sample name that our processes export, with its labels."""
    for source in SOURCES:
        for path in Path(source).rglob("*.py"):
            if EXPORTS.search(path.read_text()):
                import_module(".".join(path.relative_to(source).with_suffix("").parts))
    found = {}
    for name, collector in REGISTRY._names_to_collectors.items():
        if name.startswith(("huijia_", "gateway_")):
            labels = set(getattr(collector, "_labelnames", ()))
            found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return found


def foreign_metrics() -> dict[str, set[str]]:
    declared = yaml.safe_load((OBSERVE / "foreign-metrics.yaml").read_text())
    return {name: set(entry["labels"]) for name, entry in declared.items()}


def metric_family(name: str) -> str:
    return re.sub(r"_(total|bucket|sum|count|created)$", "", name)
