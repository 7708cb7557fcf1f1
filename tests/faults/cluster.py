"""A whole city on three members and three nodes, two replicas of everything, behind a network that can be disturbed."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from huijia_local.city import MODULES, SUPERGRAPH
from huijia_local.keys import Keys, ensure_keys
from huijia_local.mongod import REPLICA_SET
from huijia_local.ports import LOOPBACK, free_ports
from huijia_local.processes import Process
from huijia_local.rabbitmq import start_epmd
from huijia_local.servers import Server
from huijia_local.services import Service
from huijia_local.tokens import AUDIENCE, ISSUER
from huijia_local.waiting import wait_until

from tests.faults.members import THREE, Member, Node, initiate, known_as, listens_on
from tests.faults.network import Network

LANES = ("350802", "350803")
TWICE = (1, 2)
ROLES = ("api", "worker")


@dataclass
class Cluster:
    """`folder` holds data, logs and keys. All methods block."""

    folder: Path
    network: Network = field(default_factory=Network)
    _ports: Iterator[int] = field(default_factory=lambda: iter(free_ports(30)))
    _helpers: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        mongodb, amqp, self._epmd = (next(self._ports) for _ in range(3))
        self.members = [Member(number, self.folder, mongodb) for number in THREE]
        self.nodes = [Node(number, self.folder, amqp, next(self._ports), self._epmd) for number in THREE]
        self.entrances = {name: next(self._ports) for name in MODULES}
        self.replicas = {
            f"{name}-{role}-{number}": self._replica(name, role, number)
            for name in MODULES
            for role in ROLES
            for number in TWICE
        }
        self.gateways = {f"gateway-{number}": self._gateway(number) for number in TWICE}
        self.servers: dict[str, Server] = {
            **{server.name: server for server in (*self.members, *self.nodes)},
            **self.replicas,
            **self.gateways,
        }

    @property
    def keys(self) -> Keys:
        return ensure_keys(self.folder / "keys")

    @property
    def mongodb_uri(self) -> str:
        hosts = ",".join(member.address for member in self.members)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    @property
    def amqp_url(self) -> str:
        return ",".join(node.url for node in self.nodes)

    @property
    def urls(self) -> list[str]:
        """Of the two gateways."""
        return [gateway.url for gateway in self.gateways.values()]

    def start(self) -> None:
        """Return when all of it is ready."""
        self._connect()
        self._helpers.append(start_epmd(self._epmd, [listens_on(number) for number in THREE], self._log("epmd")))
        with ThreadPoolExecutor(max_workers=32) as pool:
            # An api needs the members only; a worker that declared its lanes too early would get queues of one node.
            nodes = pool.submit(self._start_nodes)
            list(pool.map(Member.start, self.members))
            initiate(self.members)
            apis = [server for name, server in self.replicas.items() if "-api-" in name]
            early = [pool.submit(server.start) for server in (*self.gateways.values(), *apis)]
            nodes.result()
            workers = [server for name, server in self.replicas.items() if "-worker-" in name]
            list(pool.map(Server.start, workers))
            for server in early:
                server.result()

    def _start_nodes(self) -> None:
        first, *others = self.nodes
        first.start()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Node.start, others))

    def stop(self) -> None:
        with ThreadPoolExecutor(max_workers=32) as pool:
            list(pool.map(Server.kill, self.servers.values()))
        for helper in self._helpers:
            helper.kill()
        self.network.close()

    def kill(self, name: str) -> None:
        self.servers[name].kill()

    def pause(self, name: str) -> None:
        """SIGSTOP: it keeps its connections and answers nobody."""
        os.kill(self.servers[name].processes[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.kill(self.servers[name].processes[name].pid, signal.SIGCONT)

    def primary(self) -> Member | None:
        return next((member for member in self.members if member.hello().get("isWritablePrimary")), None)

    def is_whole(self) -> bool:
        """Whether each store has all its members, one of them leading."""
        states = [member.hello() for member in self.members]
        members = all(state.get("isWritablePrimary") or state.get("secondary") for state in states)
        return (
            members and any(state.get("isWritablePrimary") for state in states) and all(n.ready() for n in self.nodes)
        )

    def wait_whole(self, within: float = 60) -> None:
        if not wait_until(self.is_whole, within, every=0.25):
            raise AssertionError(f"the stores were not whole again within {within:g} s")

    def settings(self, service: str) -> Mapping[str, str]:
        """The environment of one service's commands."""
        return self.replicas[f"{service}-worker-1"].env

    def _connect(self) -> None:
        for number, member, node in zip(THREE, self.members, self.nodes, strict=True):
            here, there = known_as(number), listens_on(number)
            self.network.open(member.name, (here, member.port), [(there, member.port)])
            self.network.open(node.name, (here, node.port), [(there, node.port)])
            peers = next(self._ports)
            self.network.open_mapper((here, self._epmd), peers)
            self.network.open(f"{node.name}-peers", (here, peers), [(there, node.distribution_port)])
        for name, entrance in self.entrances.items():
            apis = [(LOOPBACK, self.replicas[f"{name}-api-{number}"].port) for number in TWICE]
            self.network.open(name, (LOOPBACK, entrance), apis, probe="/readyz")

    def _replica(self, name: str, role: str, number: int) -> Service:
        settings = {
            **self._identity(),
            **self.keys.settings(name),
            "HUIJIA_MONGODB_URI": self.mongodb_uri,
            "HUIJIA_AMQP_URL": self.amqp_url,
            "HUIJIA_DATABASE": name,
            "HUIJIA_ROLE": role,
            "HUIJIA_LANES": ",".join(("350800", *LANES)),
        }
        return self._process(f"{name}-{role}-{number}", [MODULES[name]], settings)

    def _gateway(self, number: int) -> Service:
        urls = {name: f"http://{LOOPBACK}:{port}/graphql" for name, port in self.entrances.items()}
        settings = {
            **self._identity(),
            "HUIJIA_SUBGRAPH_URLS": json.dumps(urls),
            "HUIJIA_SUBGRAPH_TIMEOUT_SECONDS": "12",
        }
        module = ["gateway", "--supergraph", str(SUPERGRAPH)]
        return self._process(f"gateway-{number}", module, settings)

    def _process(self, name: str, module: list[str], settings: Mapping[str, str]) -> Service:
        port = next(self._ports)
        address = {"HUIJIA_HOST": LOOPBACK, "HUIJIA_PORT": str(port)}
        if module[0] == "gateway":
            module = [*module, "--port", str(port)]
        return Service(name, port, self._log(name), module, {**settings, **address})

    def _identity(self) -> dict[str, str]:
        keys = self.keys
        return {"HUIJIA_ISSUER": ISSUER, "HUIJIA_AUDIENCE": AUDIENCE, "HUIJIA_JWKS": str(keys.jwks.absolute())}

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"
