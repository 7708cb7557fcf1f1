"""Ports on the loopback interface."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the ports that systems hand to outgoing connections, so that a stopped server finds its port free again.
RANGE = range(20000, 32000)


def is_free(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on now."""
    shuffled = random.sample(RANGE, len(RANGE))
    free = (port for port in shuffled if is_free(port))
    return [next(free) for _ in range(count)]


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
