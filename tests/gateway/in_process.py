"""The application without a process and without sockets: what a client says, and what it hears."""

import asyncio
from pathlib import Path
from typing import Any

from gateway.app import Gateway
from gateway.graph_file import GraphFile
from gateway.http import Message
from gateway.settings import Settings

from tests.gateway.stub import FIXTURES


class Client:
    """Says what it is told to, and then nothing more."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        if self.messages:
            return self.messages.pop(0)
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(self, message: Message) -> None:
        self.heard.append(message)


def gateway_over(folder: Path, supergraph: Path = FIXTURES / "supergraph.graphql") -> Gateway:
    file = folder / "supergraph.graphql"
    file.write_text(supergraph.read_text(encoding="utf-8"), encoding="utf-8")
    settings = Settings()
    return Gateway(GraphFile(file, settings), settings)


def scope(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "path": "/graphql", "method": "POST", "headers": [], "query_string": b"", **more}
