"""The GeoReport v2 endpoint: `/open311/v2/services`, `/open311/v2/requests` and `/open311/v2/requests/<id>`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import parse_qsl

import structlog
from servicekit.domain import InvalidInput, NotFound, NotPermitted, Refusal
from servicekit.graphql import Context
from servicekit.graphql.http import ContextFactory
from servicekit.graphql.http_request import HttpProblem, correlation_id_of, read_body
from servicekit.graphql.inputs import Text
from servicekit.language import language_of
from servicekit.security import ANONYMOUS, TokenRefused, TokenVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from service_tracking.api.open311 import answers
from service_tracking.api.open311.queries import category_of, find_problems
from service_tracking.api.permitted import run_batch
from service_tracking.api.targets import of_new_problems
from service_tracking.domain.problem import Category, Problem, Report
from service_tracking.use_cases.report_problems import ReportProblem, report_problems
from service_tracking.use_cases.rows import only

log = structlog.get_logger()

REPORT = "Mutation.reportProblem"
MOST_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"
FIELDS = {"description": 2_000, "address_string": 200, "address_id": 12, "service_code": 40, "reference": 100}
Handler = Callable[[Context, Request], Awaitable[Response]]


def open311(context: ContextFactory, verifier: TokenVerifier) -> Sequence[BaseRoute]:
    def route(path: str, handler: Handler, method: str = "GET") -> Route:
        async def endpoint(request: Request) -> Response:
            return await _guarded(context, verifier, request, handler)

        return Route(f"/open311/v2/{path}.{{form}}", endpoint, methods=[method])

    return [
        route("services", _services),
        route("requests", _requests),
        route("requests", _file, "POST"),
        route("requests/{id}", _request),
    ]


async def _services(_context: Context, request: Request) -> Response:
    rows = [answers.service(category) for category in Category]
    return answers.answer(rows, _form(request), root="services", item="service")


async def _requests(context: Context, request: Request) -> Response:
    return _answered(await find_problems(context, request.query_params), request)


async def _request(context: Context, request: Request) -> Response:
    id = request.path_params["id"]
    found = await find_problems(context, {"service_request_id": id})
    if not found:
        raise NotFound(what_zh="问题", what_en="service request", id=id)
    return _answered(found, request)


async def _file(context: Context, request: Request) -> Response:
    command = ReportProblem(_report(await _fields(request)))
    problem = only(await run_batch(context, REPORT, [command], of_new_problems, report_problems, _itself))
    row = {"service_request_id": problem.id, "service_notice": "", "account_id": None}
    return answers.answer([row], _form(request), root="service_requests", item="request", status=201)


def _report(fields: Mapping[str, str]) -> Report:
    return Report(
        community=fields.get("address_id", ""),
        category=category_of(fields.get("service_code", "")),
        description=fields.get("description", ""),
        address=fields.get("address_string", ""),
        latitude=_number(fields, "lat"),
        longitude=_number(fields, "long"),
        reference=fields.get("reference") or None,
    )


def _number(fields: Mapping[str, str], name: str) -> float | None:
    try:
        return float(fields[name]) if fields.get(name) else None
    except ValueError:
        raise InvalidInput(path=name, reason_zh="须为数字", reason_en="a number") from None


async def _fields(request: Request) -> dict[str, str]:
    """Only the fields that are kept: a caller's name, mail and phone are not taken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidInput(path="content-type", reason_zh=f"须为 {FORM}", reason_en=f"it must be {FORM}")
    body = await read_body(request.headers, request.receive, MOST_BYTES)
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=50))
    except ValueError:
        raise InvalidInput(path="body", reason_zh="表单无效", reason_en="not a form in UTF-8") from None
    for name, most in FIELDS.items():
        Text(most).check(fields.get(name, ""), name)
    return fields


def _itself(problem: Problem) -> Problem:
    return problem


def _answered(problems: Sequence[Problem], request: Request) -> Response:
    rows = [answers.request(problem) for problem in problems]
    return answers.answer(rows, _form(request), root="service_requests", item="request")


def _form(request: Request) -> str:
    return "xml" if request.path_params["form"] == "xml" else "json"


async def _guarded(context: ContextFactory, verifier: TokenVerifier, request: Request, handler: Handler) -> Response:
    """The token before the handler, and every refusal as the format's own errors."""
    form, language = _form(request), language_of(request.headers.get("accept-language"))
    correlation_id = correlation_id_of(request.headers.get("x-correlation-id"))
    if request.path_params["form"] not in ("json", "xml"):
        return answers.error(404, "json, xml", form)
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
        try:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            principal = await verifier.verify(token.strip()) if scheme.lower() == "bearer" else ANONYMOUS
            if not principal.authenticated:
                return answers.error(401, "Authorization: Bearer <token>", form)
            return await handler(context(principal, language, correlation_id), request)
        except Refusal as refusal:
            text = f"{refusal.path}: {refusal.message(language)}" if refusal.path else refusal.message(language)
            return answers.error(_status(refusal), text, form)
        except HttpProblem as problem:
            return answers.error(problem.status, " ".join(problem.texts[language]), form)
        except Exception:
            log.exception("open311.failed")
            return answers.error(500, f"内部错误 / Internal error: {correlation_id}", form)


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, TokenRefused):
        return 401
    return {NotFound: 404, NotPermitted: 403}.get(type(refusal), 400)
