"""Ports on the loopback interface."""

import os
import random
import socket

LOOPBACK = "127.0.0.1"
# Below the ports that systems hand to outgoing connections, so that a stopped server finds its port free again.
RANGE = "20000-31999"


def is_free(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ports of HUIJIA_PORTS that nobody listens on now. Cities that start at once need a range each."""
    first, last = (int(port) for port in os.environ.get("HUIJIA_PORTS", RANGE).split("-"))
    ports = range(first, last + 1)
    free = (port for port in random.sample(ports, len(ports)) if is_free(port))
    return [next(free) for _ in range(count)]


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
