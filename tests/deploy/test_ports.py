"""Ports that cities choose: processes, and servers of one process that start at once, never want the same one."""

import os
import socket

import pytest
from huijia_local.ports import LOOPBACK, free_ports


def test_each_process_of_the_tests_has_a_range_of_its_own() -> None:
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    assert os.environ["HUIJIA_PORTS"] == f"{20_000 + 2_000 * number}-{21_999 + 2_000 * number}"


def test_a_port_given_out_is_not_given_out_again_while_others_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIJIA_PORTS", "31900-31939")
    assert len({port for _ in range(5) for port in free_ports(4)}) == 20


def test_a_port_somebody_listens_on_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIJIA_PORTS", "31940-31941")
    with socket.create_server((LOOPBACK, 31940)):
        assert free_ports(1) == free_ports(1) == [31941]
        with pytest.raises(OSError, match="HUIJIA_PORTS"):
            free_ports(2)
