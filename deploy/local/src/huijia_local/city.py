"""The whole city on one machine: which servers there are and how each one finds the others."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huijia_local.backup import BackupError, restore
from huijia_local.keys import Keys, ensure_keys
from huijia_local.mongod import Mongod
from huijia_local.ports import LOOPBACK, free_ports, is_free
from huijia_local.processes import StartError
from huijia_local.rabbitmq import RabbitMQ
from huijia_local.servers import Server
from huijia_local.services import Service
from huijia_local.state import State, load_state
from huijia_local.supervisor import Report, Supervisor, say_nothing
from huijia_local.tokens import AUDIENCE, ISSUER

# City level (350800) and the counties of the demo city, Longyan.
LANES = "350800,350802,350803,350821,350823,350824,350825,350881"
MODULES = {"registration": "registration", "service-tracking": "service_tracking", "evaluation": "evaluation"}
GATEWAY_PORT = 8080
SUPERGRAPH = Path("gateway/supergraph.graphql")


@dataclass(frozen=True)
class City:
    """`folder` holds all data, logs, keys and the state; `env` are the caller's settings (`os.environ`).

    A world is a set of databases and queues of its own: `HUIJIA_WORLD` names it, and it stays until another is named.
    """

    folder: Path
    env: Mapping[str, str]

    @property
    def keys(self) -> Keys:
        return ensure_keys(self.folder / "keys")

    @property
    def state(self) -> State:
        return load_state(self._state_file)

    @property
    def world(self) -> str:
        """The world that the services work on; the first one has no name."""
        if "HUIJIA_WORLD" in self.env:
            return self.env["HUIJIA_WORLD"]
        return self._world_file.read_text() if self._world_file.exists() else ""

    @property
    def gateway_url(self) -> str | None:
        """The public GraphQL endpoint, or None when the city is down."""
        gateway = self.state.servers.get("gateway")
        return gateway.url if gateway else None

    @property
    def open311_url(self) -> str:
        """Where other systems read and file problems."""
        return _open311_url(self._ports())

    def up(self, report: Report = say_nothing) -> None:
        """Start what doesn't run yet and wait until all of it is ready. Raises StartError, FileNotFoundError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._world_file.write_text(self.world)
        stages = self.stages()
        try:
            Supervisor(stages, self._state_file, report).up()
        except StartError:
            if not any(not server.alive and not is_free(server.port) for stage in stages for server in stage):
                raise
            # Somebody took a port after it was chosen, such as another city that starts: others are chosen now.
            Supervisor(self.stages(), self._state_file, report).up()

    def down(self, report: Report = say_nothing) -> None:
        """Stop whatever an earlier `up` started, with whichever settings."""
        Supervisor(City(self.folder, {}).stages(), self._state_file, report).down()

    @property
    def databases(self) -> list[str]:
        """The databases of the services in the present world."""
        return [self._in_world(name) for name in MODULES]

    @property
    def mongodb_uri(self) -> str:
        return self.env.get("HUIJIA_MONGODB_URI") or self._mongod(self._ports()["mongod"]).url

    def restore(self, archive: Path) -> dict[str, int]:
        """Put a backup into empty databases, and forget what the queues held. Raises BackupError, StartError."""
        if any(server.alive for server in self.servers()):
            raise BackupError("The city is up. Stop it first: make down")
        if "HUIJIA_AMQP_URL" not in self.env:
            shutil.rmtree(self.folder / "rabbitmq", ignore_errors=True)
        if "HUIJIA_MONGODB_URI" in self.env:
            return restore(self.mongodb_uri, archive)
        mongod = self._mongod(self._ports()["mongod"])
        mongod.start()
        try:
            return restore(mongod.url, archive)
        finally:
            mongod.stop()

    def servers(self) -> list[Server]:
        """All servers, each standing for its running process if there is one."""
        state = self.state
        servers = [server for stage in self.stages() for server in stage]
        for server in servers:
            state.adopt(server)
        return servers

    def stages(self) -> list[list[Server]]:
        ports = self._ports()
        stores: list[Server] = []
        mongodb, amqp = self.env.get("HUIJIA_MONGODB_URI"), self.env.get("HUIJIA_AMQP_URL")
        if not mongodb:
            mongod = self._mongod(ports["mongod"])
            mongodb = mongod.url
            stores.append(mongod)
        if not amqp:
            rabbitmq = RabbitMQ(self.folder / "rabbitmq", self._log("rabbitmq"), ports["rabbitmq"])
            amqp = rabbitmq.url
            stores.append(rabbitmq)
        shared = {
            **self._identity(),
            "HUIJIA_MONGODB_URI": mongodb,
            "HUIJIA_AMQP_URL": amqp,
            "HUIJIA_CERTIFICATE_URL": f"http://{LOOPBACK}:{ports['registration']}/certificate/",
            "HUIJIA_SERVICE_CERTIFICATE_URL": f"http://{LOOPBACK}:{ports['service-tracking']}/service-certificate/",
            "HUIJIA_CALENDAR_URL": f"http://{LOOPBACK}:{ports['service-tracking']}/calendar/",
            "HUIJIA_OPEN311_URL": _open311_url(ports),
        }
        services = [self._service(name, ports[name], shared) for name in MODULES]
        return [stores, [*services], [self._gateway(services, ports["gateway"])]]

    def _mongod(self, port: int) -> Mongod:
        return Mongod(self.folder / "mongod", self._log("mongod"), port)

    def _service(self, name: str, port: int, shared: Mapping[str, str]) -> Server:
        settings = {
            **shared,
            "HUIJIA_DATABASE": self._in_world(name),
            "HUIJIA_NAMESPACE": self._in_world("huijia"),
            "HUIJIA_ROLE": self.env.get("HUIJIA_ROLE", "both"),
            "HUIJIA_LANES": self.env.get("HUIJIA_LANES", LANES),
            **self.keys.settings(name),
        }
        return Service(name, port, self._log(name), [MODULES[name]], settings | _address(port))

    def _gateway(self, services: list[Server], port: int) -> Server:
        urls = json.dumps({service.name: service.url for service in services})
        module = ["gateway", "--supergraph", str(SUPERGRAPH), "--port", str(port)]
        settings = {**self._identity(), "HUIJIA_SUBGRAPH_URLS": urls}
        return Service("gateway", port, self._log("gateway"), module, settings | _address(port))

    def _identity(self) -> dict[str, str]:
        return {
            "HUIJIA_ISSUER": ISSUER,
            "HUIJIA_AUDIENCE": AUDIENCE,
            "HUIJIA_JWKS": str(self.keys.jwks.absolute()),
            "HUIJIA_LOG_FORMAT": self.env.get("HUIJIA_LOG_FORMAT", "json"),
        }

    def _ports(self) -> dict[str, int]:
        """A server keeps its port unless a stranger took it; the gateway prefers 8080."""
        state = self.state
        names = ["mongod", "rabbitmq", *MODULES, "gateway"]
        wanted = {"gateway": GATEWAY_PORT} | state.ports
        fresh = dict(zip(names, free_ports(len(names)), strict=True))
        return {name: wanted[name] if self._keeps_port(name, wanted, state) else fresh[name] for name in names}

    @staticmethod
    def _keeps_port(name: str, wanted: Mapping[str, int], state: State) -> bool:
        return name in wanted and (state.runs(name) or is_free(wanted[name]))

    def _in_world(self, name: str) -> str:
        return f"{name}-{self.world}" if self.world else name

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    @property
    def _world_file(self) -> Path:
        return self.folder / "world"

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"


def _open311_url(ports: Mapping[str, int]) -> str:
    return f"http://{LOOPBACK}:{ports['service-tracking']}/open311/v2"


def _address(port: int) -> dict[str, str]:
    return {"HUIJIA_HOST": LOOPBACK, "HUIJIA_PORT": str(port)}
