"""A service or the gateway: a Python module in a process of its own, ready when it says so."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from huijia_local.ports import LOOPBACK
from huijia_local.processes import Process
from huijia_local.servers import Server


class Service(Server):
    """`python -m <module>` with its settings in environment variables; ready when GET /readyz answers 200."""

    start_limit = 60.0

    def __init__(self, name: str, port: int, log: Path, module: Sequence[str], env: Mapping[str, str]) -> None:
        super().__init__(name, port, log)
        self._argv = [sys.executable, "-m", *module]
        self.env = dict(env)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/graphql"

    @property
    def fingerprint(self) -> str:
        settings = json.dumps([self._argv, self.env], sort_keys=True)
        return hashlib.sha256(settings.encode()).hexdigest()

    def launch(self) -> None:
        self.processes[self.name] = Process.spawn(self.name, self._argv, self.log, self.env)

    def run(self, *arguments: str) -> int:
        """Another command of the module, with the same settings; its exit code."""
        return subprocess.run([*self._argv, *arguments], env={**os.environ, **self.env}).returncode  # noqa: S603

    def ready(self) -> bool:
        """Of its own: a stranger that took the port in the meantime may be ready, too."""
        try:
            return self.processes[self.name].listens_on(self.port) and self._get("/readyz")[0] == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False

    def metrics(self) -> str:
        """What it counts, as Prometheus reads it. Raises OSError, http.client.HTTPException."""
        return self._get("/metrics")[1].decode()

    def _get(self, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
