"""Sends generated operations as many kinds of people, and judges the answers."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import orjson
from huijia_local.keys import Keys
from huijia_local.tokens import DevelopmentGrant, mint
from servicekit.security import Role

SECONDS = 30
FAULTS = {"INTERNAL", "UNKNOWN", "SUBREQUEST_FAILED", "SUBREQUEST_HTTP_ERROR"}
# What a fault would tell of the house's inside.
UNMASKED = re.compile(r"Traceback|File \"|pymongo|MongoServer|object at 0x|KeyError|AttributeError|TypeError|aiormq")


@dataclass(frozen=True)
class Places:
    """Where the roles of the tokens are: codes and ids that exist."""

    member: str
    unit: str
    community: str
    line: str = "EDUCATION"


def tokens(keys: Keys, places: Places) -> list[str | None]:
    """Of every role on a scope that exists, of some on one that doesn't; an expired one, a broken one, none."""
    community = places.community
    scopes = {
        Role.MEMBER: places.member,
        Role.UNIT_ADMIN: places.unit,
        Role.HOST: community,
        Role.SUBDISTRICT_ADMIN: community[:9],
        Role.COUNTY_ADMIN: community[:6],
        Role.CITY_ADMIN: f"{community[:4]}00",
        Role.LINE_ADMIN: places.line,
        Role.AUDITOR: f"{community[:4]}00",
    }
    grants = [DevelopmentGrant(role, scope) for role, scope in scopes.items()]
    elsewhere = [DevelopmentGrant(Role.COUNTY_ADMIN, "999999"), DevelopmentGrant(Role.MEMBER, "nobody")]
    valid = [mint(keys, [grant], places.member) for grant in [*grants, *elsewhere]]
    everything = mint(keys, grants, places.member)
    expired = mint(keys, grants, places.member, timedelta(hours=-1))
    return [*valid, everything, everything, expired, everything[:-9], None]


@dataclass
class Asker:
    """`complaints` are operations whose answers no client should ever get, with what is wrong."""

    url: str
    tokens: Sequence[str | None]
    codes: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    tell: Callable[[str], None] = lambda _complaint: None
    _turns: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)

    def ask(self, operation: str) -> None:
        number = next(self._turns)
        token = self.tokens[number % len(self.tokens)]
        headers = {"content-type": "application/json", "accept-language": ("en", "zh-CN")[number % 2]}
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = orjson.dumps({"query": operation})
        try:
            self._connection.request("POST", urlsplit(self.url).path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            self._connection.close()
            self._complain(operation, repr(error))
            return
        if answer.status >= 500:
            self._complain(operation, f"status {answer.status}: {text[:300]}")
        elif found := UNMASKED.search(text):
            self._complain(operation, f"tells {found.group()}: {text[:300]}")
        self._judge(operation, orjson.loads(text))

    def _judge(self, operation: str, answer: dict[str, Any]) -> None:
        errors = answer.get("errors") or []
        codes = {str((error.get("extensions") or {}).get("code")) for error in errors}
        self.codes.update(codes or {"none"})
        if faults := codes & FAULTS:
            self._complain(operation, f"{faults}: {errors[0]}")

    def _complain(self, operation: str, what: str) -> None:
        complaint = f"{what}\n{operation}"
        self.complaints.append(complaint)
        self.tell(complaint)

    def close(self) -> None:
        self._connection.close()
