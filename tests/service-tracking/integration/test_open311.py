"""The Open311 GeoReport v2 endpoint, over HTTP, as a city's hotline uses it."""

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
    path, _, asked = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET" if form is None else "POST",
        "scheme": "http",
        "path": f"/open311/v2/{path}",
        "raw_path": f"/open311/v2/{path}".encode(),
        "query_string": (asked or urlencode(query)).encode(),
        "root_path": "",
        "headers": headers,
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await api.app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def test_the_services_are_the_categories(api: Any) -> None:
    status, body = await call(api, "services.json", HOTLINE)

    services = orjson.loads(body)
    assert status == 200
    assert {"service_code", "service_name", "metadata", "type"} <= set(services[0])
    assert "SAFETY" in [one["service_code"] for one in services]


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
    assert (one["status"], one["address_id"], one["lat"]) == ("open", town.community, 25.1)
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


@pytest.mark.parametrize(
    "query",
    [
        "jurisdiction_id=35",
        "",
        "jurisdiction_id=350802&status=lost",
        "jurisdiction_id=350802&start_date=soon",
        "jurisdiction_id=350802&page=0",
        "jurisdiction_id=350802&page_size=101",
        "jurisdiction_id=350802&page=next",
        "jurisdiction_id=350802&start_date=2015-01-01&end_date=2026-01-01",
        "jurisdiction_id=350802&service_code=NOTHING",
        "service_request_id=" + ",".join(["x"] * 101),
    ],
)
async def test_a_wrong_question_is_a_readable_400(api: Any, query: str) -> None:
    status, body = await call(api, f"requests.json?{query}", HOTLINE)

    assert status == 400
    assert orjson.loads(body)[0]["description"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_code": "x"},
        {"description": " "},
        {"lat": "north"},
        {"address_string": "x" * 201},
        {"address_id": "35"},
    ],
)
async def test_a_wrong_field_is_refused_and_nothing_is_stored(town: Any, api: Any, wrong: dict[str, str]) -> None:
    form = {"service_code": "SAFETY", "address_id": town.community, "description": "dark", **wrong}

    status, _ = await call(api, "requests.json", HOTLINE, form=form)

    assert status in (400, 403)
    assert await town.database[PROBLEMS].count_documents({"community": town.community}) == 0


async def test_who_may_not_is_refused_as_over_graphql(town: Any, api: Any) -> None:
    problem = await town.problem()
    form = {"service_code": "SAFETY", "address_id": town.community, "description": "dark"}
    elsewhere = DevelopmentGrant(Role.INTEGRATION, "350900", ("Mutation.reportProblem", "Problem"))
    unnamed = DevelopmentGrant(Role.INTEGRATION, "350800", ("Claim",))

    answers = [
        await call(api, "services.json", token=None),
        await call(api, "services.json", token="forged"),
        await call(api, "requests.json", elsewhere, form=form),
        await call(api, "requests.json", unnamed, form=form),
        await call(api, f"requests/{problem.id}.json", unnamed),
        await call(api, f"requests/{problem.id}.json", elsewhere),
        await call(api, f"requests/{new_id()}.xml", HOTLINE),
        await call(api, "services.csv", HOTLINE),
    ]

    assert [status for status, _ in answers] == [401, 401, 403, 403, 403, 404, 404, 404]
    assert await town.database[PROBLEMS].count_documents({"community": town.community}) == 1
