"""A town to test with: its API over ASGI with real tokens, and the stories that most tests begin with."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp, Message

from tests.registration.samples import (
    CITY,
    COMMUNITY,
    COUNTY,
    DIVISIONS,
    OTHER_COMMUNITY,
    credit_code,
    csv_file,
    person,
)

Json = dict[str, Any]
ISSUER, AUDIENCE, KEY_ID = "https://issuer.test", "huijia", "test-key"
SIGNING_KEY = Ed25519PrivateKey.generate()
REFUSAL = "... on Refusal { code message nextStep path }"
REGISTRATION = f"__typename ... on Registration {{ id status basis certificateNumber completedOn }} {REFUSAL}"


def key_set() -> Json:
    key = jwt.algorithms.OKPAlgorithm.to_jwk(SIGNING_KEY.public_key(), as_dict=True)
    return {"keys": [{**key, "kid": KEY_ID, "alg": "EdDSA", "use": "sig"}]}


def token(role: str | None = None, scope: str = "", permissions: Sequence[str] = (), expires_in: int = 600) -> str:
    now = int(time.time())
    grants = [{"role": role, "scope": scope, "permissions": list(permissions)}] if role else []
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"{role}:{scope}",
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + expires_in,
        "jti": "1",
        "grants": grants,
    }
    return jwt.encode(claims, SIGNING_KEY, algorithm="EdDSA", headers={"kid": KEY_ID})


@dataclass
class Api:
    """The service's endpoint, called in-process."""

    app: ASGIApp

    async def post(self, body: Json, bearer: str | None = None, language: str = "en") -> tuple[int, Json]:
        headers = [(b"content-type", b"application/json"), (b"accept-language", language.encode())]
        if bearer:
            headers.append((b"authorization", f"Bearer {bearer}".encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": orjson.dumps(body), "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], orjson.loads(content)

    async def answer(self, document: str, bearer: str | None = None, language: str = "en", **variables: Any) -> Json:
        _, answer = await self.post({"query": document, "variables": variables}, bearer, language)
        return answer

    async def ask(self, document: str, bearer: str | None = None, language: str = "en", **variables: Any) -> Any:
        """The one root field's value; errors fail the test."""
        answer = await self.answer(document, bearer, language, **variables)
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def code(self, document: str, bearer: str | None = None, **variables: Any) -> str:
        """The code of the one error."""
        answer = await self.answer(document, bearer, **variables)
        (error,) = answer["errors"]
        return str(error["extensions"]["code"])


@dataclass
class Town:
    """Two communities in a sub-district of Xinluo, and the units that tests register."""

    api: Api
    units: list[str] = field(default_factory=list)

    async def import_divisions(self) -> Json:
        rows = [{"code": code, "name": name} for code, name in DIVISIONS.items()]
        document = (
            "mutation M($input: ImportDivisionsInput!) { importDivisions(input: $input) { __typename "
            f"... on DivisionImport {{ created updated unchanged refusedCount }} {REFUSAL} }} }}"
        )
        result: Json = await self.api.ask(document, token("CITY_ADMIN", CITY), input={"rows": rows})
        return result

    async def register_unit(self, serial: int = 1, division: str = COUNTY, line: str = "education") -> str:
        row = {"name": f"单位{serial}", "creditCode": credit_code(serial), "line": line, "division": division}
        document = (
            "mutation M($input: RegisterUnitInput!) { registerUnit(input: $input) "
            f"{{ __typename ... on Unit {{ id }} {REFUSAL} }} }}"
        )
        unit = await self.api.ask(document, token("CITY_ADMIN", CITY), input=row)
        self.units.append(unit["id"])
        return str(unit["id"])

    async def sign(self, unit: str, community: str = OTHER_COMMUNITY, **terms: Any) -> Json:
        row = {
            "unitId": unit,
            "communityCode": community,
            "primary": True,
            "support": ["TALENT"],
            "startsOn": "2015-01-01",
            **terms,
        }
        document = (
            "mutation M($input: SignAgreementInput!) { signAgreement(input: $input) "
            f"{{ __typename ... on Agreement {{ id primary status }} {REFUSAL} }} }}"
        )
        result: Json = await self.api.ask(document, token("UNIT_ADMIN", unit), input=row)
        return result

    async def roster(self, unit: str, content: bytes, mutation: str = "applyRoster", **options: Any) -> Json:
        kind = "ApplyRosterInput" if mutation == "applyRoster" else "RosterFileInput"
        review = (
            "lines ok warnings errors joined changed unchanged left leaversKept ignoredColumns "
            "rows(first: 100) { nodes { number status change name problems { column severity message } } }"
        )
        shown = (
            f"... on AppliedRoster {{ held version {{ number joined left changed }} review {{ {review} }} }} "
            "... on RosterHasErrors { errors rows }"
            if mutation == "applyRoster"
            else f"... on RosterReview {{ {review} }}"
        )
        document = f"mutation M($input: {kind}!) {{ {mutation}(input: $input) {{ __typename {shown} {REFUSAL} }} }}"
        row = {"unitId": unit, "fileName": "花名册.csv", "contentBase64": base64.b64encode(content).decode(), **options}
        result: Json = await self.api.ask(document, token("UNIT_ADMIN", unit), input=row)
        return result

    async def members(self, unit: str) -> list[Json]:
        document = (
            "query Q($unit: ID!) { unit(id: $unit) { members(first: 100) "
            "{ nodes { id name idNumber phone registration { id status certificateNumber } } } } }"
        )
        found = await self.api.ask(document, token("UNIT_ADMIN", unit), unit=unit)
        nodes: list[Json] = found["members"]["nodes"]
        return nodes

    async def staff(self, unit: str, count: int = 1, residence: str = COMMUNITY, start: int = 1) -> list[str]:
        """Members of the unit, by id."""
        rows = [person(serial, residence=residence) for serial in range(start, start + count)]
        await self.roster(unit, csv_file(rows))
        return [one["id"] for one in await self.members(unit)]

    async def change(self, name: str, bearer: str, **row: Any) -> Json:
        """A single mutation on a registration."""
        kind = {
            "submitRegistration": "SubmitRegistrationInput",
            "certifyRegistration": "CertifyRegistrationInput",
            "receiveCertificate": "ReceiveCertificateInput",
            "placeRegistration": "PlaceRegistrationInput",
        }.get(name, "RegistrationReasonInput")
        document = f"mutation M($input: {kind}!) {{ {name}(input: $input) {{ {REGISTRATION} }} }}"
        result: Json = await self.api.ask(document, bearer, input=row)
        return result

    async def bulk(self, name: str, bearer: str, rows: list[Json]) -> Json:
        kind = {
            "submitRegistrations": "SubmitRegistrationInput",
            "certifyRegistrations": "CertifyRegistrationInput",
            "receiveCertificates": "ReceiveCertificateInput",
        }[name]
        document = (
            f"mutation M($inputs: [{kind}!]!) {{ {name}(inputs: $inputs) {{ __typename "
            f"... on {name[0].upper()}{name[1:]}Payload {{ outcomes {{ {REGISTRATION} }} }} {REFUSAL} }} }}"
        )
        result: Json = await self.api.ask(document, bearer, inputs=rows)
        return result

    async def submit(self, member: str) -> Json:
        return await self.change("submitRegistration", token("MEMBER", member), memberId=member)

    async def certify(self, unit: str, registration: str) -> Json:
        return await self.change("certifyRegistration", token("UNIT_ADMIN", unit), registrationId=registration)

    async def receive(self, number: str, community: str = COMMUNITY, **row: Any) -> Json:
        return await self.change("receiveCertificate", token("HOST", community), certificateNumber=number, **row)

    async def complete(self, unit: str, member: str, community: str = COMMUNITY) -> Json:
        registration = await self.submit(member)
        certified = await self.certify(unit, registration["id"])
        return await self.receive(certified["certificateNumber"], community)
