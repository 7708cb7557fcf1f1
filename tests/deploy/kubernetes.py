"""The Kubernetes overlays as they would be applied, and who may reach whom in them."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from tests.deploy.manifests import DEPLOY, Container

Resource = dict[str, Any]
KUBECTL = shutil.which("kubectl")
OVERLAYS = ("city", "province")


@cache
def rendered(overlay: str) -> tuple[Resource, ...]:
    """The resources of an overlay; none where kubectl is missing (the tests are skipped then)."""
    if KUBECTL is None:
        return ()
    folder = DEPLOY / "kubernetes" / "overlays" / overlay
    done = subprocess.run([KUBECTL, "kustomize", folder], check=True, capture_output=True, text=True)
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, *kinds: str) -> list[Resource]:
    return [resource for resource in rendered(overlay) if resource["kind"] in kinds]


def name_of(resource: Resource) -> str:
    return str(resource["metadata"]["name"])


def template_of(resource: Resource) -> Resource:
    """The pod template of a Deployment or CronJob."""
    spec = resource["spec"]
    template: Resource = spec["jobTemplate"]["spec"]["template"] if resource["kind"] == "CronJob" else spec["template"]
    return template


def containers(overlay: str) -> Iterator[Container]:
    """Our containers, with the settings that reach them; the value of a secret is its name."""
    maps = {name_of(found): found["data"] for found in of_kind(overlay, "ConfigMap")}
    for resource in of_kind(overlay, "Deployment", "CronJob"):
        for container in template_of(resource)["spec"]["containers"]:
            if container["image"].startswith("huijia/"):
                yield Container(name_of(resource), container["image"], _environment(container, maps))


def _environment(container: Resource, maps: dict[str, dict[str, str]]) -> dict[str, str]:
    env: dict[str, str] = {}
    for source in container.get("envFrom", []):
        env |= maps[source["configMapRef"]["name"]]
    for entry in container.get("env", []):
        env[entry["name"]] = entry["value"] if "value" in entry else _referred(entry["valueFrom"], maps)
    return env


def _referred(source: Resource, maps: dict[str, dict[str, str]]) -> str:
    if "configMapKeyRef" in source:
        reference = source["configMapKeyRef"]
        return maps[reference["name"]][reference["key"]]
    return f"secret {source['secretKeyRef']['name']}"


def selects(selector: Resource, labels: dict[str, str]) -> bool:
    """Whether a label selector matches; only the operator In is used here."""
    wanted = selector.get("matchLabels", {})
    among = [labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", [])]
    return all(labels.get(key) == value for key, value in wanted.items()) and all(among)


def may_reach(overlay: str, source: dict[str, str], target: dict[str, str], port: int) -> bool:
    """Whether pods with these labels in one namespace may connect: both sides' NetworkPolicies must allow it."""
    return _allows(overlay, "egress", "to", source, target, port) and _allows(
        overlay, "ingress", "from", target, source, port
    )


def _allows(overlay: str, way: str, peers: str, own: dict[str, str], other: dict[str, str], port: int) -> bool:
    policies = [policy["spec"] for policy in of_kind(overlay, "NetworkPolicy")]
    governing = [spec for spec in policies if way.title() in spec["policyTypes"] and selects(spec["podSelector"], own)]
    return not governing or any(
        _is_peer(rule, peers, other) and _is_port(rule, port) for spec in governing for rule in spec.get(way, [])
    )


def _is_peer(rule: Resource, peers: str, labels: dict[str, str]) -> bool:
    if peers not in rule:
        return True
    return any("podSelector" in peer and selects(peer["podSelector"], labels) for peer in rule[peers])


def _is_port(rule: Resource, port: int) -> bool:
    return "ports" not in rule or any(entry["port"] == port for entry in rule["ports"])
