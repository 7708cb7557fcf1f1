"""The stores of the cluster: members of a replica set and nodes of a broker, each behind a proxy of its own.

A server listens on 127.0.2.N; everybody, the other members too, knows it as 127.0.1.N, where its proxy listens. A node
of the broker connects from 127.0.2.N, so that the proxies can tell who speaks.
"""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huijia_local.mongod import REPLICA_SET, Mongod
from huijia_local.rabbitmq import RabbitMQ
from huijia_local.servers import Server
from pymongo import MongoClient
from pymongo.errors import PyMongoError

THREE = (1, 2, 3)
COOKIE = "huijia"
NODE = """\
listeners.tcp.1 = {host}:{port}
cluster_name = huijia
cluster_partition_handling = pause_minority
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = {first}
net_ticktime = 8
vm_memory_high_watermark.absolute = 400MiB
disk_free_limit.absolute = 64MB
raft.wal_max_size_bytes = 16777216
log.console = true
log.console.level = warning
log.file = false
"""


def known_as(number: int) -> str:
    return f"127.0.1.{number}"


def listens_on(number: int) -> str:
    return f"127.0.2.{number}"


class Member(Mongod):
    """One of three; ready when it answers."""

    def __init__(self, number: int, folder: Path, port: int) -> None:
        name = f"mongod-{number}"
        super().__init__(folder / name, folder / "logs" / f"{name}.log", port, cache_gigabytes=0.25, name=name)
        self.host = listens_on(number)
        self.address = f"{known_as(number)}:{port}"

    def ready(self) -> bool:
        return bool(self.hello())

    def hello(self) -> dict[str, Any]:
        """What it says of itself; nothing when it doesn't answer."""
        try:
            with self.direct() as client:
                return dict(client.admin.command("hello"))
        except PyMongoError:
            return {}

    def direct(self) -> MongoClient[dict[str, Any]]:
        """A client of this member alone, past its proxy."""
        options = {"directConnection": True, "serverSelectionTimeoutMS": 1000, "socketTimeoutMS": 2000}
        return MongoClient(self.host, self.port, **options)


def initiate(members: Sequence[Member]) -> None:
    """Make a replica set of running members, which fails over within seconds."""
    hosts = [{"_id": number, "host": member.address} for number, member in enumerate(members)]
    settings = {"electionTimeoutMillis": 3000, "heartbeatTimeoutSecs": 3}
    with members[0].direct() as client:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": hosts, "settings": settings})


class Node(RabbitMQ):
    """One of three; the others join the first one, which must be ready when they start for the first time."""

    def __init__(self, number: int, folder: Path, port: int, distribution_port: int, epmd_port: int) -> None:
        name = f"rabbitmq-{number}"
        super().__init__(folder / name, folder / "logs" / f"{name}.log", port, name=name)
        self.host = listens_on(number)
        self.address = f"{known_as(number)}:{port}"
        self._number = number
        self.distribution_port = distribution_port
        self._epmd_port = epmd_port

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.address}/?heartbeat=6"

    def launch(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        cookie = self.home / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(COOKIE)
            cookie.chmod(0o400)
        interface = _erlang(self.host)
        environment = self._variables(self._epmd_port, self.distribution_port) | {
            "ERL_CRASH_DUMP": str(self.home / "crash.dump"),
            "ERL_INETRC": str(self._write_hosts()),
            "RABBITMQ_NODENAME": _node_name(self._number),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {interface} "
            f"inet_dist_connect_options [{{ip,{interface}}}]",
        }
        self.spawn(NODE.format(host=self.host, port=self.port, first=_node_name(1)), environment)

    def _write_hosts(self) -> Path:
        """Where this node finds the others: at their proxies; itself it finds at once."""
        addresses = {number: known_as(number) for number in THREE} | {self._number: self.host}
        lines = [f'{{host,{_erlang(address)},["{_host_name(number)}"]}}.' for number, address in addresses.items()]
        path = self.home / "hosts"
        path.write_text("\n".join(["{lookup,[file]}.", *lines]) + "\n")
        return path

    def start(self) -> None:
        # Elections are the business of the cluster.
        Server.start(self)

    def ready(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1):
                return True
        except OSError:
            return False


def _node_name(number: int) -> str:
    return f"huijia-{number}@{_host_name(number)}"


def _host_name(number: int) -> str:
    return f"rabbitmq-{number}"


def _erlang(address: str) -> str:
    return "{" + address.replace(".", ",") + "}"
