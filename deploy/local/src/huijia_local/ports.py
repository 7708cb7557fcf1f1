"""Ports on the loopback interface."""

import functools
import os
import random
import socket
from collections import deque

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


@functools.cache
def _deck(ports: str) -> deque[int]:
    first, last = (int(port) for port in ports.split("-"))
    return deque(random.sample(range(first, last + 1), last - first + 1))


def free_ports(count: int) -> list[int]:
    """Different ports of HUIJIA_PORTS that nobody listens on now, none given out again until all others were.

    Cities that start at once in several processes need a range each. Raises OSError if too few are free.
    """
    deck, found = _deck(os.environ.get("HUIJIA_PORTS", RANGE)), list[int]()
    for _ in range(len(deck)):
        deck.rotate()
        if is_free(deck[0]):
            found.append(deck[0])
        if len(found) == count:
            return found
    raise OSError(f"{count} ports are wanted and {len(found)} are free; give HUIJIA_PORTS another range")


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
