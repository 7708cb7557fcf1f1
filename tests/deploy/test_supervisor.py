"""What `up` and `down` promise, on small processes that stand in for the services."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huijia_local.ports import free_ports, is_free
from huijia_local.processes import Process, StartError
from huijia_local.services import Service
from huijia_local.state import StateError, load_state
from huijia_local.supervisor import Supervisor


class House:
    """Two stages of one stand-in each, over one folder; every `supervisor()` is like a new command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = free_ports(2)
        self.said: list[str] = []

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def supervisor(self, behaviour: str = "good", setting: str = "") -> Supervisor:
        first = self.stand_in("first", self.ports[0], "good", setting)
        second = self.stand_in("second", self.ports[1], behaviour)
        return Supervisor(
            [[first], [second]], self.state_file, lambda server, what: self.said.append(f"{server.name} {what}")
        )

    def pid(self, name: str) -> int:
        return load_state(self.state_file).servers[name].processes[name].pid

    def crash(self, name: str) -> None:
        load_state(self.state_file).servers[name].processes[name].kill()

    def stand_in(self, name: str, port: int, behaviour: str = "good", setting: str = "") -> Service:
        env = {"BEHAVIOUR": behaviour, "HUIJIA_PORT": str(port), "SETTING": setting}
        service = Service(name, port, self.folder / f"{name}.log", ["tests.deploy.stand_in"], env)
        service.start_limit = 2 if behaviour == "never ready" else 60
        service.stop_grace = 0.5 if behaviour == "deaf" else 20
        return service


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    for running in load_state(house.state_file).servers.values():
        for process in running.processes.values():
            process.kill()


def test_up_starts_everything_and_down_stops_it_cleanly(house: House) -> None:
    house.supervisor().up()
    processes = [running.processes[name] for name, running in load_state(house.state_file).servers.items()]
    were_alive = [process.alive for process in processes]

    house.supervisor().down()

    assert were_alive == [True, True]
    assert not any(process.alive for process in processes)
    assert house.said[-2:] == ["second stopped", "first stopped"]
    assert all(is_free(port) for port in house.ports)


def test_a_second_up_leaves_alone_what_runs(house: House) -> None:
    house.supervisor().up()
    before = house.pid("first"), house.pid("second")

    house.supervisor().up()

    assert (house.pid("first"), house.pid("second")) == before
    assert house.said[-2:] == ["first runs already", "second runs already"]


def test_a_second_up_starts_only_the_member_that_crashed(house: House) -> None:
    house.supervisor().up()
    before = house.pid("first"), house.pid("second")
    house.crash("first")

    house.supervisor().up()

    assert house.pid("first") != before[0]
    assert house.pid("second") == before[1]
    assert "first had ended by itself and is started again" in house.said


def test_a_member_with_changed_settings_is_replaced(house: House) -> None:
    house.supervisor().up()
    before = house.pid("first"), house.pid("second")

    house.supervisor(setting="new").up()

    assert house.pid("first") != before[0]
    assert house.pid("second") == before[1]


def test_a_member_that_ends_while_starting_is_reported_with_the_end_of_its_log(house: House) -> None:
    with pytest.raises(StartError, match="second ended while starting") as failure:
        house.supervisor("crashes").up()

    assert "the setting HUIJIA_X is missing" in str(failure.value)


def test_a_member_is_not_taken_for_ready_because_a_stranger_answers_on_its_port(house: House) -> None:
    stranger = house.stand_in("stranger", house.ports[1])
    stranger.start()
    try:
        with pytest.raises(StartError, match="Address already in use"):
            house.supervisor().up()
    finally:
        stranger.kill()


def test_the_reported_log_is_that_of_this_start_only(house: House) -> None:
    (house.folder / "second.log").write_text("an old trouble\n")

    with pytest.raises(StartError) as failure:
        house.supervisor("crashes").up()

    assert "an old trouble" not in str(failure.value)


def test_after_a_failed_start_the_others_are_still_known_and_can_be_stopped(house: House) -> None:
    with pytest.raises(StartError):
        house.supervisor("crashes").up()
    first = load_state(house.state_file).servers["first"].processes["first"]
    was_alive = first.alive

    house.supervisor().down()

    assert was_alive
    assert not first.alive


def test_a_member_that_never_gets_ready_is_reported_and_not_left_running(house: House) -> None:
    with pytest.raises(StartError, match="second was not ready within 2 s"):
        house.supervisor("never ready").up()

    assert is_free(house.ports[1])


def test_a_member_that_ignores_sigterm_is_killed_after_its_grace_period_and_reported(house: House) -> None:
    house.supervisor("deaf").up()
    process = load_state(house.state_file).servers["second"].processes["second"]

    house.supervisor("deaf").down()

    assert not process.alive
    assert "second did not stop in 0.5 s and was killed" in house.said


def test_a_reused_process_id_is_not_mistaken_for_a_member(house: House) -> None:
    house.supervisor().up()
    house.crash("second")
    stale = house.state_file.read_text().replace(f'"pid": {house.pid("second")}', '"pid": 1')
    house.state_file.write_text(stale)

    house.supervisor().up()

    assert house.pid("second") != 1
    assert "second had ended by itself and is started again" in house.said


def test_a_damaged_state_file_is_refused_with_its_path(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("{")

    with pytest.raises(StateError, match=str(file)):
        load_state(file)


def test_a_process_tells_the_most_memory_that_it_held_though_it_gave_it_back(tmp_path: Path) -> None:
    code = "import time; block = bytearray(b'x' * 2**26); del block; print('freed', flush=True); time.sleep(60)"
    process = Process.spawn("greedy", [sys.executable, "-c", code], tmp_path / "log")
    try:
        process.wait_ready(lambda: "freed" in process.log_tail(), within=20)

        assert process.peak_memory > 2**26
        assert process.cpu_seconds > 0
    finally:
        process.kill()
