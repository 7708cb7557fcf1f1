"""Which servers make the city, and how they find each other."""

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from huijia_local.city import GATEWAY_PORT, City
from huijia_local.ports import LOOPBACK, is_free
from huijia_local.processes import Process, StartError
from huijia_local.servers import Server
from huijia_local.services import Service
from huijia_local.state import State, load_state, save_state

GIVEN = {"HUIJIA_MONGODB_URI": "mongodb://elsewhere/", "HUIJIA_AMQP_URL": "amqp://elsewhere/"}


def services(folder: Path, env: Mapping[str, str]) -> dict[str, Service]:
    everything = [server for stage in City(folder, env).stages() for server in stage]
    return {server.name: server for server in everything if isinstance(server, Service)}


def test_the_stores_start_first_and_the_gateway_last(tmp_path: Path) -> None:
    stages = City(tmp_path, {}).stages()

    assert [[server.name for server in stage] for stage in stages] == [
        ["mongod", "rabbitmq"],
        ["registration", "service-tracking", "evaluation"],
        ["gateway"],
    ]


def test_given_servers_are_used_instead_of_embedded_ones(tmp_path: Path) -> None:
    stores = City(tmp_path, GIVEN).stages()[0]

    assert stores == []
    assert services(tmp_path, GIVEN)["registration"].env.items() >= GIVEN.items()


def test_services_find_the_embedded_stores(tmp_path: Path) -> None:
    stages = City(tmp_path, {}).stages()
    mongod, rabbitmq = stages[0]

    for service in stages[1]:
        assert isinstance(service, Service)
        assert service.env["HUIJIA_MONGODB_URI"] == mongod.url
        assert service.env["HUIJIA_AMQP_URL"] == rabbitmq.url


def test_the_addresses_that_a_first_start_tells_are_those_that_services_listen_on(tmp_path: Path) -> None:
    tracking = services(tmp_path, GIVEN)["service-tracking"]

    assert tracking.env["HUIJIA_OPEN311_URL"] == f"http://{LOOPBACK}:{tracking.port}/open311/v2"
    assert tracking.env["HUIJIA_CALENDAR_URL"] == f"http://{LOOPBACK}:{tracking.port}/calendar/"


def test_each_world_has_databases_and_queues_of_its_own(tmp_path: Path) -> None:
    first = services(tmp_path, GIVEN)["evaluation"].env
    second = services(tmp_path, {**GIVEN, "HUIJIA_WORLD": "demo"})["evaluation"].env

    assert (first["HUIJIA_DATABASE"], first["HUIJIA_NAMESPACE"]) == ("evaluation", "huijia")
    assert (second["HUIJIA_DATABASE"], second["HUIJIA_NAMESPACE"]) == ("evaluation-demo", "huijia-demo")


def test_a_city_wakes_up_in_the_world_it_went_to_sleep_in(tmp_path: Path) -> None:
    (tmp_path / "world").write_text("demo")

    assert services(tmp_path, GIVEN)["registration"].env["HUIJIA_DATABASE"] == "registration-demo"
    assert services(tmp_path, {**GIVEN, "HUIJIA_WORLD": ""})["registration"].env["HUIJIA_DATABASE"] == "registration"


def test_the_gateway_finds_every_subgraph_and_sees_no_secret(tmp_path: Path) -> None:
    stages = City(tmp_path, GIVEN).stages()
    (gateway,) = stages[2]

    assert isinstance(gateway, Service)
    urls = json.loads(gateway.env["HUIJIA_SUBGRAPH_URLS"])
    assert urls == {service.name: service.url for service in stages[1]}
    assert not {"HUIJIA_DATA_KEYS", "HUIJIA_BLIND_INDEX_KEY", "HUIJIA_MONGODB_URI"} & set(gateway.env)


def test_a_server_keeps_its_port_from_one_start_to_the_next(tmp_path: Path) -> None:
    state = State()
    for service in services(tmp_path, GIVEN).values():
        state.remember(service)
        state.forget(service)
    save_state(tmp_path / "state.json", state)

    again = services(tmp_path, GIVEN)

    kept = load_state(tmp_path / "state.json").ports
    free = {name for name, port in kept.items() if is_free(port)}
    assert {name: again[name].port for name in free} == {name: kept[name] for name in free}
    assert free
    assert len(set(kept.values())) == 4


def test_the_gateway_prefers_its_usual_port_and_gives_way_to_a_stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = []
    for free in (True, False):
        monkeypatch.setattr("huijia_local.city.is_free", lambda _port, free=free: free)
        ports.append(services(tmp_path, GIVEN)["gateway"].port)

    assert ports[0] == GATEWAY_PORT
    assert ports[1] != GATEWAY_PORT


def test_a_port_that_somebody_takes_while_the_city_starts_is_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports: list[dict[str, int]] = []
    with contextlib.ExitStack() as strangers:

        class Starting:
            def __init__(self, stages: Sequence[Sequence[Server]], *_: object) -> None:
                ports.append({server.name: server.port for stage in stages for server in stage})

            def up(self) -> None:
                if len(ports) == 1:
                    strangers.enter_context(socket.create_server((LOOPBACK, ports[0]["gateway"])))
                    raise StartError(Process.own("gateway"), "ended while starting")

        monkeypatch.setattr("huijia_local.city.Supervisor", Starting)
        City(tmp_path, GIVEN).up()

    assert len(ports) == 2
    assert ports[0]["gateway"] != ports[1]["gateway"]


def test_a_city_that_can_not_start_for_another_reason_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    class Failing:
        def __init__(self, *_: object) -> None:
            tries.append(1)

        def up(self) -> None:
            raise StartError(Process.own("gateway"), "ended while starting")

    monkeypatch.setattr("huijia_local.city.Supervisor", Failing)

    with pytest.raises(StartError):
        City(tmp_path, GIVEN).up()
    assert len(tries) == 1


def test_everything_listens_on_loopback_only(tmp_path: Path) -> None:
    for service in services(tmp_path, GIVEN).values():
        assert service.env["HUIJIA_HOST"] == LOOPBACK
        assert service.env["HUIJIA_PORT"] == str(service.port)


def test_an_unknown_role_ends_the_command_with_a_clear_error(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "huijia_local", "token", "MAYOR:350802", "--folder", str(tmp_path)]

    answer = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("MAYOR is not a role. The roles are MEMBER")


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [(["evaluation", "schema"], 0, "type Query"), (["nobody", "verify"], 2, "one of registration")],
)
def test_a_command_of_a_service_is_run_with_the_citys_settings(
    tmp_path: Path, asked: list[str], code: int, said: str
) -> None:
    command = [sys.executable, "-m", "huijia_local", "run", "--folder", str(tmp_path), *asked]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == code
    assert said in answer.stdout + answer.stderr
