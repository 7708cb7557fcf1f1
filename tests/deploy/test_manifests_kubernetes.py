"""The Kubernetes overlays, rendered: valid, hardened, closed to one another, complete in lanes and settings."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from huijia_local.city import LANES

from tests.deploy.kubernetes import (
    KUBECTL,
    OVERLAYS,
    Resource,
    containers,
    may_reach,
    name_of,
    of_kind,
    rendered,
    selects,
    template_of,
)
from tests.deploy.manifests import OBSERVE, SETTINGS, unknown_variables, variables

pytestmark = [
    pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed"),
    pytest.mark.parametrize("overlay", OVERLAYS),
]
KUBERNETES = "1.33"
CUSTOM = yaml.safe_load(Path(__file__).with_name("custom_resources.yaml").read_text())
GATEWAY = {"huijia/tier": "gateway"}
SUBGRAPH = {"huijia/tier": "subgraph"}
WORKER = {"huijia/tier": "worker"}
JOB = {"huijia/tier": "job"}
MONGODB = {"app": "mongodb-svc"}
RABBITMQ = {"app.kubernetes.io/name": "rabbitmq"}


def test_every_resource_fits_its_schema(overlay: str) -> None:
    for resource in rendered(overlay):
        if resource["kind"] in CUSTOM:
            jsonschema.Draft202012Validator(CUSTOM[resource["kind"]]).validate(resource["spec"])
        else:
            kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_a_misspelt_field_is_seen(overlay: str) -> None:
    deployment = of_kind(overlay, "Deployment")[0]
    misspelt = {**deployment, "spec": {**deployment["spec"], "replica": 3}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(misspelt, KUBERNETES, strict=True)


def test_a_container_sets_only_what_its_program_reads(overlay: str) -> None:
    unknown = {container.where: unknown_variables(container) for container in containers(overlay)}

    assert not {where: names for where, names in unknown.items() if names}


def test_the_settings_of_a_container_are_complete_and_valid(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for container in containers(overlay):
        with monkeypatch.context() as patch:
            for name in variables(SETTINGS[container.program]):
                patch.delenv(name, raising=False)
            for name, value in container.env.items():
                patch.setenv(name, value)
            assert SETTINGS[container.program]().model_dump()["issuer"], container.where


def test_every_lane_has_one_worker_of_each_service(overlay: str) -> None:
    lanes: dict[str, list[str]] = {}
    for container in containers(overlay):
        if "HUIJIA_LANES" in container.env:
            lanes.setdefault(container.program, []).extend(container.env["HUIJIA_LANES"].split(","))

    assert {program: sorted(found) for program, found in lanes.items()} == {
        program: sorted(LANES.split(",")) for program in SETTINGS if program != "gateway"
    }


def test_the_busiest_district_has_three_replicas_of_evaluation_for_itself(overlay: str) -> None:
    (district,) = [found for found in of_kind(overlay, "Deployment") if name_of(found) == "evaluation-350802-worker"]
    (container,) = [found for found in containers(overlay) if found.where == "evaluation-350802-worker"]

    assert district["spec"]["replicas"] == 3
    assert container.env["HUIJIA_LANES"] == "350802"


def test_pods_may_do_nothing_that_they_need_not(overlay: str) -> None:
    for resource in of_kind(overlay, "Deployment", "CronJob"):
        pod = template_of(resource)["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert "memory" in container["resources"]["limits"]
            assert re.search(r":\d+\.\d+\.\d+$", container["image"]), container["image"]


def test_deployments_are_probed_stop_in_time_and_are_never_without_a_pod(overlay: str) -> None:
    budgets = [budget["spec"] for budget in of_kind(overlay, "PodDisruptionBudget")]
    templates = [template_of(found) for found in of_kind(overlay, "Deployment")]

    for deployment in of_kind(overlay, "Deployment"):
        template = template_of(deployment)
        (container,) = template["spec"]["containers"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert (
            template["spec"]["terminationGracePeriodSeconds"]
            > SETTINGS["gateway"].model_fields["grace_seconds"].default
        )
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        (own,) = [spec for spec in budgets if selects(spec["selector"], template["metadata"]["labels"])]
        assert sum(selects(own["selector"], other["metadata"]["labels"]) for other in templates) == 1


def test_a_deployment_selects_its_own_pods_only(overlay: str) -> None:
    labels = [template_of(found)["metadata"]["labels"] for found in of_kind(overlay, "Deployment")]

    for resource in of_kind(overlay, "Deployment"):
        assert sum(selects(resource["spec"]["selector"], one) for one in labels) == 1, name_of(resource)


def test_what_scales_names_a_deployment(overlay: str) -> None:
    deployments = {name_of(found) for found in of_kind(overlay, "Deployment")}
    targets = [found["spec"]["scaleTargetRef"]["name"] for found in _scalers(overlay)]

    assert set(targets) == deployments - {"evaluation-350802-worker"}
    assert len(targets) == len(set(targets))


def test_lane_queues_are_what_workers_are_scaled_on(overlay: str) -> None:
    for scaler in of_kind(overlay, "ScaledObject"):
        service = name_of(scaler).removesuffix("-worker")
        pattern = scaler["spec"]["triggers"][0]["metadata"]["queueName"]
        assert re.search(pattern, f"huijia.{service}.350802")
        assert not re.search(pattern, f"huijia.{service}.retry.60s")
        assert not re.search(pattern, f"huijia.{service}.dead")


def test_subgraphs_are_reached_from_the_gateway_only(overlay: str) -> None:
    others = [SUBGRAPH, WORKER, JOB, MONGODB, RABBITMQ, {"app": "stranger"}]

    assert may_reach(overlay, GATEWAY, SUBGRAPH, 8000)
    assert not [source for source in others if may_reach(overlay, source, SUBGRAPH, 8000)]


def test_stores_are_reached_by_those_who_need_them_only(overlay: str) -> None:
    pods = [GATEWAY, SUBGRAPH, WORKER, JOB, RABBITMQ, {"app": "stranger"}]

    assert [pod for pod in pods if may_reach(overlay, pod, MONGODB, 27017)] == [SUBGRAPH, WORKER, JOB]
    assert [pod for pod in pods if may_reach(overlay, pod, RABBITMQ, 5672)] == [SUBGRAPH, WORKER, RABBITMQ]


def test_the_public_reaches_graphql_and_the_pages_and_nothing_else(overlay: str) -> None:
    services = {name_of(service) for service in of_kind(overlay, "Service")}
    rules = [rule for ingress in of_kind(overlay, "Ingress") for rule in ingress["spec"]["rules"]]
    paths = [path for rule in rules for path in rule["http"]["paths"]]

    assert {(path["path"], path["pathType"]) for path in paths} == {
        ("/graphql", "Exact"),
        *((page, "Prefix") for page in ("/certificate/", "/service-certificate/", "/calendar/", "/open311/")),
    }
    assert {path["backend"]["service"]["name"] for path in paths} <= services
    for ingress in of_kind(overlay, "Ingress"):
        assert {host for entry in ingress["spec"]["tls"] for host in entry["hosts"]} == {
            rule["host"] for rule in ingress["spec"]["rules"]
        }


def test_a_page_that_is_routed_is_one_that_its_service_serves(overlay: str) -> None:
    for ingress in of_kind(overlay, "Ingress"):
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            service = path["backend"]["service"]["name"].removesuffix("-api")
            sources = Path("gateway" if service == "gateway" else f"services/{service}", "src").rglob("*.py")
            assert any(f'"{path["path"]}' in source.read_text() for source in sources), path["path"]


def test_no_secret_is_in_the_manifests(overlay: str) -> None:
    assert not of_kind(overlay, "Secret")
    for container in containers(overlay):
        for name in ("HUIJIA_MONGODB_URI", "HUIJIA_AMQP_URL"):
            assert container.env.get(name, "secret").startswith("secret")


def test_each_service_has_a_user_for_its_own_databases(overlay: str) -> None:
    (mongodb,) = of_kind(overlay, "MongoDBCommunity")

    for user in mongodb["spec"]["users"]:
        databases = {role["db"] for role in user["roles"]}
        beside = {f"{user['name']}_{name}" for name in ("rebuild", "reproduction")}
        assert databases <= {user["name"], *beside} or user["name"] == "backup"


def test_the_alerts_are_those_of_compose(overlay: str) -> None:
    (rules,) = of_kind(overlay, "PrometheusRule")

    assert rules["spec"] == yaml.safe_load((OBSERVE / "alerts.yaml").read_text())


def _scalers(overlay: str) -> list[Resource]:
    found: list[dict[str, Any]] = of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    return found
