"""The Open311 GeoReport v2 endpoint, over HTTP, as a city's hotline uses it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import orjson
import pytest
from huijia_local.tokens import DevelopmentGrant
from service_tracking.domain.person import Person
from service_tracking.domain.problem import ProblemStatus
from service_tracking.storage.collections import PROBLEMS
from service_tracking.use_cases.move_problems import MoveProblem, move_problems
from servicekit.domain import new_id
from servicekit.security import Role

SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
REQUEST = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]
W3 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
HOTLINE = DevelopmentGrant(Role.INTEGRATION, "350800", ("Mutation.reportProblem", "Problem"))


async def call(
    api: Any, path: str, *grants: Any, form: dict[str, str] | None = None, token: str | None = "", **query: str
) -> tuple[int, bytes]:
    """GET, or POST of a form; `token` None sends none."""
    body = urlencode(form or {}).encode()
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"accept-language", b"en")]
    if token is not None:
        bearer = token or api.token(*grants, subject="hotline")
        headers.append((b"authorization", f"Bearer {bearer}".encode()))
    sent = await send(api, path, "GET" if form is None else "POST", body, headers, urlencode(query))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def send(
    api: Any, path: str, method: str, body: bytes, headers: list[tuple[bytes, bytes]], query: str = ""
) -> list[Any]:
    path, _, asked = path.partition("?")
    path = path if path.startswith("/") else f"/open311/v2/{path}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": (asked or query).encode(),
        "root_path": "",
        "headers": headers,
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Any) -> None:
        sent.append(message)

    await api.app(scope, receive, take)
    return sent


@pytest.mark.parametrize(("form", "told"), [("json", "application/json"), ("xml", "text/xml")])
async def test_services_definitions_and_discovery_are_there_for_anybody(api: Any, form: str, told: str) -> None:
    paths = ["services", "services/SAFETY", "/open311/discovery"]

    answers = [await send(api, f"{path}.{form}", "GET", b"", []) for path in paths]

    assert [sent[0]["status"] for sent in answers] == [200, 200, 200]
    for sent in answers:
        assert dict(sent[0]["headers"])[b"content-type"] == f"{told}; charset=utf-8".encode()


async def test_what_the_endpoint_says_of_itself_has_every_field_of_the_standard(api: Any) -> None:
    services, definition, discovery = [
        orjson.loads((await call(api, path, token=None))[1])
        for path in ("services.json", "services/SAFETY.json", "/open311/discovery.json")
    ]
    as_xml = ElementTree.fromstring((await call(api, "/open311/discovery.xml", token=None))[1])

    for one in services:
        assert list(one) == SERVICE
        assert all(one[field] for field in ("service_name", "description", "keywords", "group"))
        assert (one["metadata"], one["type"]) == (False, "realtime")
    assert "SAFETY" in [one["service_code"] for one in services]
    assert definition == {"service_code": "SAFETY", "attributes": []}
    assert {"changeset", "contact", "key_service"} < set(discovery)
    (endpoint,) = discovery["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert [one.text for one in as_xml.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


async def test_a_request_filed_is_a_problem_that_can_be_read_back_in_both_forms(town: Any, api: Any) -> None:
    form = {
        "service_code": "SAFETY",
        "address_id": town.community,
        "address_string": "building 3",
        "description": "a lamp <is> out & dark",
        "lat": "25.1",
        "long": "117.02",
        "first_name": "Lin",
        "phone": "13900000000",
    }

    status, body = await call(api, "requests.json", HOTLINE, form=form)
    (filed,) = orjson.loads(body)
    problem = await town.kept(PROBLEMS, filed["service_request_id"])
    read, as_json = await call(api, f"requests/{problem['_id']}.json", HOTLINE)
    _, as_xml = await call(api, f"requests/{problem['_id']}.xml", HOTLINE)

    assert (status, read) == (201, 200)
    assert "13900000000" not in str(problem)
    (one,) = orjson.loads(as_json)
    assert list(one) == REQUEST
    assert (one["status"], one["address_id"], one["lat"], one["agency_responsible"]) == (
        "open",
        town.community,
        25.1,
        None,
    )
    assert re.fullmatch(W3, one["requested_datetime"])
    assert (filed["account_id"], list(filed)) == (None, ["service_request_id", "service_notice", "account_id"])
    found = ElementTree.fromstring(as_xml).find("request")
    assert found is not None
    assert found.findtext("description") == "a lamp <is> out & dark"
    assert found.findtext("service_code") == "SAFETY"


async def test_requests_are_found_by_place_status_and_time(town: Any, api: Any) -> None:
    first, second = [await town.problem() for _ in range(2)]
    await town.run(move_problems, Person("h"), [MoveProblem(second.id, ProblemStatus.DECLINED, "not here")])

    async def ids(**query: str) -> list[str]:
        status, body = await call(api, "requests.json", HOTLINE, jurisdiction_id=town.community, **query)
        assert status == 200, body
        return [one["service_request_id"] for one in orjson.loads(body)]

    assert await ids() == [second.id, first.id]
    assert await ids(status="open") == [first.id]
    assert [await ids(page_size="1", page=page) for page in "123"] == [[second.id], [first.id], []]
    assert await ids(status="closed") == [second.id]
    assert await ids(service_code="PARKING") == []
    assert await ids(start_date="2016-01-01T00:00:00Z", end_date="2016-02-01T00:00:00Z") == []


async def test_what_is_left_out_of_a_range_is_ninety_days_and_repeated_arguments_are_all_heard(
    town: Any, api: Any
) -> None:
    problem = await town.problem()
    place = f"requests.json?jurisdiction_id={town.community}"
    now = problem.reported_at
    questions = [
        f"start_date={now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        f"end_date={now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        "status=closed&status=open&service_code=PARKING&service_code=SAFETY&start_date=&end_date=",
        "start_date=2016-01-01T00:00:00Z",
    ]

    found = [orjson.loads((await call(api, f"{place}&{asked}", HOTLINE))[1]) for asked in questions]

    assert [len(rows) for rows in found] == [1, 1, 1, 0]


async def test_the_key_may_come_in_the_form_and_the_place_as_the_jurisdiction(town: Any, api: Any) -> None:
    form = {
        "api_key": api.token(HOTLINE, subject="hotline"),
        "jurisdiction_id": town.community,
        "service_code": "PARKING",
        "lat": "25.1",
        "long": "117.02",
    }

    status, body = await call(api, "requests.xml", token=None, form=form)
    refused, _ = await call(api, "requests.json", token=None, form={**form, "api_key": "forged"})
    in_the_address, _ = await call(
        api, f"requests.json?jurisdiction_id={town.community}&api_key={form['api_key']}", token=None
    )

    assert (status, refused, in_the_address) == (201, 403, 403)
    id = ElementTree.fromstring(body).findtext("request/service_request_id")
    kept = await town.kept(PROBLEMS, id)
    assert (kept["community"], kept["description"], kept["longitude"]) == (town.community, "停车", 117.02)


async def test_of_a_closed_request_the_update_is_the_day_it_was_closed(town: Any, api: Any) -> None:
    problem = await town.problem()
    for step in (ProblemStatus.ACCEPTED, ProblemStatus.RESOLVED, ProblemStatus.CONFIRMED):
        await town.run(move_problems, Person(step.value), [MoveProblem(problem.id, step, "done")])

    _, body = await call(api, f"requests/{problem.id}.json", HOTLINE)

    closed = next(
        step["at"] for step in (await town.kept(PROBLEMS, problem.id))["history"] if step["status"] == "RESOLVED"
    )
    assert orjson.loads(body)[0]["updated_datetime"] == closed.isoformat(timespec="seconds")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "jurisdiction_id=350802&status=lost",
        "jurisdiction_id=350802&start_date=soon",
        "jurisdiction_id=350802&page=0",
        "jurisdiction_id=350802&page_size=1001",
        "jurisdiction_id=350802&page_size=0000000019999999",
        "jurisdiction_id=350802&start_date=9999-12-31",
        "jurisdiction_id=350802&end_date=0001-01-01T00:00:00%2B14:00",
        "jurisdiction_id=350802&page=next",
        "jurisdiction_id=350802&start_date=2015-01-01&end_date=2026-01-01",
        "service_request_id=" + ",".join(["x"] * 101),
    ],
)
async def test_a_wrong_question_is_a_readable_400(api: Any, query: str) -> None:
    status, body = await call(api, f"requests.json?{query}", HOTLINE)

    assert status == 400
    assert orjson.loads(body)[0]["description"]


@pytest.mark.parametrize(
    "path",
    [
        "requests.json?jurisdiction_id=35",
        "requests.json?jurisdiction_id=350802&service_code=NOTHING",
        "services/NOTHING.json",
        "tokens/1.json",
    ],
)
async def test_what_is_not_there_is_a_404(api: Any, path: str) -> None:
    status, _ = await call(api, path, HOTLINE)

    assert status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_code": "x"},
        {"service_code": ""},
        {"lat": "north"},
        {"lat": "25.1"},
        {"address_id": ""},
        {"address_id": "", "jurisdiction_id": "350802", "address_string": "building 3"},
        {"description": "x" * 4_001},
        {"address_string": "x" * 201},
        {"address_id": "35"},
    ],
)
async def test_a_wrong_field_is_refused_and_nothing_is_stored(town: Any, api: Any, wrong: dict[str, str]) -> None:
    form = {"service_code": "SAFETY", "address_id": town.community, "description": "dark", **wrong}

    status, _ = await call(api, "requests.json", HOTLINE, form=form)

    assert status in (400, 403, 404)
    assert await town.database[PROBLEMS].count_documents({"community": town.community}) == 0


async def test_who_may_not_is_refused_as_over_graphql(town: Any, api: Any) -> None:
    problem = await town.problem()
    form = {"service_code": "SAFETY", "address_id": town.community, "description": "dark"}
    elsewhere = DevelopmentGrant(Role.INTEGRATION, "350900", ("Mutation.reportProblem", "Problem"))
    unnamed = DevelopmentGrant(Role.INTEGRATION, "350800", ("Claim",))

    answers = [
        await call(api, "requests.json", token=None),
        await call(api, "requests.json", token="forged"),
        await call(api, "requests.json", elsewhere, form=form),
        await call(api, "requests.json", unnamed, form=form),
        await call(api, f"requests/{problem.id}.json", unnamed),
        await call(api, f"requests/{problem.id}.json", elsewhere),
        await call(api, f"requests/{new_id()}.xml", HOTLINE),
        await call(api, "services.csv", HOTLINE),
    ]

    assert [status for status, _ in answers] == [403, 403, 403, 403, 403, 404, 404, 404]
    assert await town.database[PROBLEMS].count_documents({"community": town.community}) == 1


async def test_an_error_can_be_read_whatever_was_asked_for(api: Any) -> None:
    status, body = await call(api, "services/\x01\x0b]]>&\uffff<.xml", token=None)

    told = ElementTree.fromstring(body).findtext("error/description") or ""
    assert (status, "]]>&" in told) == (404, True)
