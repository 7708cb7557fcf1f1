"""The commands need no more of MongoDB than the user whom the manifests give to this service."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from evaluation.app import SERVICE
from evaluation.cli import commands as command_line
from evaluation.domain.issues import About
from evaluation.storage import rules
from evaluation.storage.collections import COLLECTIONS
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin
from huijia_local.mongod import Mongod
from pymongo import MongoClient
from servicekit.domain import SystemClock
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import connect, open_database
from typer.testing import CliRunner

from tests.evaluation.events import consume, division, record
from tests.evaluation.issuing import CITY, MARCH
from tests.support.servers import running_mongod

DEPLOY = Path("deploy")
USER, PASSWORD = "evaluation", secrets.token_hex(8)


class GuardedMongod(Mongod):
    """Asks everybody who they are."""

    def _argv(self) -> list[str | Path]:
        key = self.data / "key"
        key.write_text(secrets.token_hex(16))
        key.chmod(0o600)
        return [*super()._argv(), "--auth", "--keyFile", key]


def granted() -> list[list[str]]:
    """The databases of the user of this service, on a Docker host and in a cluster."""
    script = (DEPLOY / "compose/mongodb/users.js").read_text()
    (listed,) = re.findall(r"^  evaluation: \[(.*)\]", script, re.MULTILINE)
    resource = yaml.safe_load((DEPLOY / "kubernetes/base/stores/mongodb.yaml").read_text())
    (user,) = [user for user in resource["spec"]["users"] if user["name"] == "evaluation"]
    assert {role["name"] for role in user["roles"]} == {"readWrite"}
    return [re.findall(r'"(.*?)"', listed), [role["db"] for role in user["roles"]]]


@contextmanager
def guarded(databases: list[str]) -> Iterator[str]:
    with running_mongod(GuardedMongod) as server:
        root = {"pwd": PASSWORD, "roles": ["root"]}
        with MongoClient[dict[str, object]](server.url, directConnection=True) as first:
            first.admin.command("createUser", "root", **root)
        with MongoClient[dict[str, object]](_as("root", server.url)) as client:
            roles = [{"role": "readWrite", "db": database} for database in databases]
            client.admin.command("createUser", USER, pwd=PASSWORD, roles=roles)
        yield _as(USER, server.url)


def _as(user: str, url: str) -> str:
    return url.replace("//", f"//{user}:{PASSWORD}@")


def test_the_user_has_the_same_databases_wherever_it_runs() -> None:
    docker, cluster = granted()

    assert docker == cluster


async def test_books_are_proven_rebuilt_and_reproduced_with_the_rights_of_the_services_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    databases, _ = granted()
    with guarded(databases) as url:
        async with connect(url) as client:
            database = open_database(client, databases[0])
            await ensure_indexes(database, {**OWN_COLLECTIONS, **COLLECTIONS})
            await rules.note(database)
            commands = Commands(database, source="evaluation", clock=SystemClock())
            await consume(commands, [division(CITY, "龙岩市", "CITY"), record("1", 1, "CONFIRMED")])
            draft = await commands.run(draft_bulletin, About(CITY), MARCH)
            await commands.run(freeze_bulletin, draft.id)
            await database["cells"].delete_many({})
        given = {"MONGODB_URI": url, "AMQP_URL": "amqp://unused", "ISSUER": "x", "AUDIENCE": "x", "JWKS": "x"}
        for name, value in given.items():
            monkeypatch.setenv(f"HUIJIA_{name}", value)
        asked = (("rebuild",), ("verify",), ("reproduce", draft.id), ("indexes", "--prune"))
        said = [await asyncio.to_thread(CliRunner().invoke, command_line(SERVICE), arguments) for arguments in asked]

    assert [result.exit_code for result in said] == [1, 0, 0, 0], [result.output for result in said]
    assert "Replaced by the rebuilt ones" in said[0].stdout
