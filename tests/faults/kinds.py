"""The kinds of faults: what is done to whom, and how it is undone."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from time import sleep

from huijia_local.city import MODULES

from tests.faults.cluster import Cluster
from tests.faults.members import listens_on

Target = Callable[[Cluster, Random], str]
APPLIED = re.compile(r'^huijia_consumer_applied_total\{lane="\d+",service="evaluation"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class Kind:
    """`act` inflicts it, yields, and heals; `seconds` is how long it lasts, from and to."""

    name: str
    target: Target
    act: Callable[[Cluster, str], "Iterator[None]"]
    seconds: tuple[float, float]

    @contextmanager
    def inflicted(self, cluster: Cluster, target: str) -> Iterator[None]:
        """Within, `target` suffers from it; healed at the end."""
        yield from self.act(cluster, target)


def kill(cluster: Cluster, target: str) -> Iterator[None]:
    cluster.kill(target)
    yield
    cluster.servers[target].start()


def stop(cluster: Cluster, target: str) -> Iterator[None]:
    cluster.pause(target)
    yield
    cluster.resume(target)


def slow(cluster: Cluster, link: str) -> Iterator[None]:
    cluster.network.change(link, "slow", ms=150)
    yield
    cluster.network.change(link, "pass")


def cut(cluster: Cluster, link: str) -> Iterator[None]:
    cluster.network.change(link, "cut")
    yield
    cluster.network.change(link, "pass")


def reset(cluster: Cluster, link: str) -> Iterator[None]:
    cluster.network.change(link, "reset")
    yield
    cluster.network.change(link, "pass")


def isolate(cluster: Cluster, target: str) -> Iterator[None]:
    """Cut a node of the broker off from the other two, in both directions; its clients still reach it."""
    number = int(target[-1])
    links = [(f"rabbitmq-{other}-peers", listens_on(number)) for other in (1, 2, 3) if other != number]
    links.append((f"{target}-peers", ""))
    for link, source in links:
        cluster.network.change(link, "cut", source=source or None)
    yield
    for link, source in links:
        cluster.network.change(link, "pass", source=source or None)


def primary(cluster: Cluster, chance: Random) -> str:
    member = cluster.primary()
    return member.name if member else secondary(cluster, chance)


def secondary(cluster: Cluster, chance: Random) -> str:
    leading = cluster.primary()
    return chance.choice([member.name for member in cluster.members if member is not leading])


def node(cluster: Cluster, chance: Random) -> str:
    return chance.choice(cluster.nodes).name


def replica(role: str) -> Target:
    return lambda cluster, chance: chance.choice([name for name in cluster.replicas if f"-{role}-" in name])


def gateway(cluster: Cluster, chance: Random) -> str:
    return chance.choice(list(cluster.gateways))


def entrance(_cluster: Cluster, chance: Random) -> str:
    return chance.choice(list(MODULES))


def lane_owner(cluster: Cluster, chance: Random) -> str:
    """The worker of evaluation whose lanes are applied by now."""
    workers = [name for name in cluster.replicas if name.startswith("evaluation-worker-")]
    before = {name: _applied(cluster, name) for name in workers}
    sleep(0.5)
    busy = [name for name in workers if _applied(cluster, name) > before[name]]
    return chance.choice(busy or workers)


def _applied(cluster: Cluster, worker: str) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{cluster.servers[worker].port}/metrics", timeout=1) as answer:
            return sum(float(count) for count in APPLIED.findall(answer.read().decode()))
    except OSError:
        return 0.0


# Each list is the work of one hand: it does one thing at a time, so that a majority of the stores always lives.
STORES = [
    Kind("kill the primary of MongoDB", primary, kill, (1, 4)),
    Kind("stop the primary of MongoDB", primary, stop, (2, 8)),
    Kind("cut the primary of MongoDB off", primary, cut, (3, 8)),
    Kind("slow the primary of MongoDB", primary, slow, (3, 8)),
    Kind("kill a secondary of MongoDB", secondary, kill, (1, 4)),
    Kind("kill a node of RabbitMQ", node, kill, (0, 3)),
    Kind("stop a node of RabbitMQ", node, stop, (2, 8)),
    Kind("cut a node of RabbitMQ off from clients", node, cut, (3, 10)),
    Kind("cut a node of RabbitMQ off from its peers", node, isolate, (8, 14)),
    Kind("slow a node of RabbitMQ", node, slow, (3, 8)),
]
PROCESSES = [
    Kind("kill a worker", replica("worker"), kill, (0, 3)),
    Kind("kill the owner of the lanes", lane_owner, kill, (0, 3)),
    Kind("stop the owner of the lanes", lane_owner, stop, (2, 8)),
    Kind("stop a worker", replica("worker"), stop, (2, 8)),
    Kind("kill an api", replica("api"), kill, (0, 3)),
    Kind("stop an api", replica("api"), stop, (2, 6)),
    Kind("kill a gateway", gateway, kill, (0, 3)),
    Kind("stop a gateway", gateway, stop, (2, 6)),
    Kind("reset connections to a service", entrance, reset, (0.1, 2)),
    Kind("slow connections to a service", entrance, slow, (2, 6)),
]
