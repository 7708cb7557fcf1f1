"""A private RabbitMQ node on loopback: own name, ports, data, cookie and port mapper (epmd)."""

import os
import shutil
import subprocess
from pathlib import Path

from huijia_local.ports import LOOPBACK, accepts, free_ports
from huijia_local.processes import Process
from huijia_local.servers import Server

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
HOW_TO_INSTALL = (
    "No RabbitMQ server here. Install Debian's package:\n"
    "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends rabbitmq-server\n"
    "or name a running broker in HUIJIA_AMQP_URL (amqp://user:password@host:port/vhost)."
)

# RabbitMQ writes the registration of a new quorum queue to disk some time after its declaration. A single node that is
# killed before that comes back with the queue empty and leaderless: confirmed messages are gone, consumers hang
# (rabbitmq-server issues 10070 and 15725). An election ends the hanging; the messages are only safe on several nodes.
ELECT_LEADERS = (
    "[ra:trigger_election({Name, node()}) || Queue <- rabbit_amqqueue:list_by_type(rabbit_quorum_queue), "
    "{Name, _} <- [amqqueue:get_pid(Queue)], ra_leaderboard:lookup_leader(Name) =:= undefined]."
)

CONFIGURATION = """\
listeners.tcp.1 = {host}:{port}
vm_memory_high_watermark.absolute = 1GiB
disk_free_limit.absolute = 64MB
raft.wal_max_size_bytes = 67108864
log.console = true
log.console.level = info
log.file = false
"""


class RabbitMQ(Server):
    """One node; port and data stay the same over restarts."""

    def __init__(self, home: Path, log: Path, port: int | None = None, name: str = "rabbitmq") -> None:
        super().__init__(name, port or free_ports(1)[0], log)
        self.home = home
        self._environment: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/"

    def launch(self) -> None:
        epmd_port, distribution_port = free_ports(2)
        # The node would start a port mapper that outlives it; ours is a child that is stopped with the node.
        self.processes["epmd"] = start_epmd(epmd_port, [LOOPBACK], self.log)
        self.spawn(CONFIGURATION.format(host=LOOPBACK, port=self.port), self._variables(epmd_port, distribution_port))

    def spawn(self, configuration: str, environment: dict[str, str]) -> None:
        """Start the node itself."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._write("rabbitmq.conf", configuration)
        self._write("enabled_plugins", "[].\n")
        self._environment = environment
        self.processes[self.name] = Process.spawn(self.name, [rabbitmq_server()], self.log, environment)

    def ready(self) -> bool:
        return accepts(self.port)

    def start(self) -> None:
        restarted = self.home.exists()
        super().start()
        if restarted:
            # It accepts connections before it has started in full.
            self._control("await_startup", "--timeout", "60")
            self._control("eval", ELECT_LEADERS)

    def _control(self, *command: str) -> None:
        control = [str(Path(rabbitmq_server()).with_name("rabbitmqctl")), "--quiet", *command]
        subprocess.run(control, env={**os.environ, **self._environment}, check=True, capture_output=True)  # noqa: S603

    def _write(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)

    def _variables(self, epmd_port: int, distribution_port: int) -> dict[str, str]:
        home = self.home
        return {
            "HOME": str(home),  # the Erlang cookie lives there
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": "huijia@localhost",
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
            "detached": "1",  # the start script then becomes the node instead of a parent that hides its process id
        }


def start_epmd(port: int, addresses: list[str], log: Path) -> Process:
    """A port mapper of our own, when it answers."""
    mapper = Process.spawn("epmd", [_epmd(), "-port", str(port), "-address", ",".join(addresses)], log)
    mapper.wait_ready(lambda: accepts(port), within=10)
    return mapper


def rabbitmq_server() -> str:
    """The start script of Debian's package or the one that HUIJIA_RABBITMQ_SERVER names."""
    chosen = os.environ.get("HUIJIA_RABBITMQ_SERVER", SERVER)
    if not Path(chosen).exists():
        raise FileNotFoundError(HOW_TO_INSTALL)
    return chosen


def _epmd() -> str:
    found = shutil.which("epmd")
    if found is None:
        raise FileNotFoundError(f"Erlang's epmd is not on the PATH.\n{HOW_TO_INSTALL}")
    return found
