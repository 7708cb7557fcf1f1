"""The GeoReport v2 endpoint: `/open311/v2/services`, `/open311/v2/requests`, and `/open311/discovery` beside it."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from servicekit.domain import NotFound, NotPermitted, Refusal
from servicekit.graphql import Context
from servicekit.graphql.http import ContextFactory
from servicekit.graphql.http_request import HttpProblem, correlation_id_of
from servicekit.language import language_of
from servicekit.security import ANONYMOUS, Principal, TokenRefused, TokenVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from service_tracking.api.open311 import services
from service_tracking.api.open311.answers import answer, error
from service_tracking.api.open311.queries import category_of, find_problems
from service_tracking.api.open311.requests import fields_of, report_of, row_of
from service_tracking.api.permitted import run_batch
from service_tracking.api.targets import of_new_problems
from service_tracking.domain.problem import Category, Problem
from service_tracking.settings import Open311Address
from service_tracking.use_cases.report_problems import ReportProblem, report_problems
from service_tracking.use_cases.rows import only

log = structlog.get_logger()

REPORT = "Mutation.reportProblem"
Handler = Callable[[Context, Request], Awaitable[Response]]


def open311(context: ContextFactory, verifier: TokenVerifier) -> Sequence[BaseRoute]:
    def route(path: str, handler: Handler, method: str = "GET", *, public: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _guarded(context, None if public else verifier, request, handler)

        return Route(f"/open311/{path}.{{form}}", endpoint, methods=[method])

    return [
        route("discovery", _discovery, public=True),
        route("v2/services", _services, public=True),
        route("v2/services/{code}", _definition, public=True),
        route("v2/requests", _requests),
        route("v2/requests", _file, "POST"),
        route("v2/requests/{id}", _request),
    ]


async def _discovery(context: Context, request: Request) -> Response:
    return answer("discovery", services.discovery(context.resource(Open311Address)), _form(request))


async def _services(_context: Context, request: Request) -> Response:
    return answer("services", [services.service(category) for category in Category], _form(request))


async def _definition(_context: Context, request: Request) -> Response:
    category = category_of(request.path_params["code"])
    return answer("service_definition", services.definition(category), _form(request))


async def _requests(context: Context, request: Request) -> Response:
    # Said several times is as good as with commas.
    asked = {name: ",".join(request.query_params.getlist(name)) for name in request.query_params}
    return _answered(await find_problems(context, asked), request)


async def _request(context: Context, request: Request) -> Response:
    id = request.path_params["id"]
    found = await find_problems(context, {"service_request_id": id})
    if not found:
        raise NotFound(what_zh="问题", what_en="service request", id=id)
    return _answered(found, request)


async def _file(context: Context, request: Request) -> Response:
    command = ReportProblem(report_of(request.state.fields))
    problem = only(await run_batch(context, REPORT, [command], of_new_problems, report_problems, _itself))
    row = {"service_request_id": problem.id, "service_notice": "", "account_id": None}
    return answer("service_requests", [row], _form(request), status=201)


def _itself(problem: Problem) -> Problem:
    return problem


def _answered(problems: Sequence[Problem], request: Request) -> Response:
    return answer("service_requests", [row_of(problem) for problem in problems], _form(request))


def _form(request: Request) -> str:
    return "xml" if request.path_params["form"] == "xml" else "json"


async def _guarded(
    context: ContextFactory, verifier: TokenVerifier | None, request: Request, handler: Handler
) -> Response:
    """The key before the handler, and every refusal as the format's own errors. `verifier` None: for anybody."""
    form, language = _form(request), language_of(request.headers.get("accept-language"))
    correlation_id = correlation_id_of(request.headers.get("x-correlation-id"))
    if request.path_params["form"] not in ("json", "xml"):
        return error(404, "json, xml", form)
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
        try:
            principal = await _principal(verifier, request) if verifier else ANONYMOUS
            if verifier and not principal.authenticated:
                return error(403, "Authorization: Bearer <token>, api_key=<token>", form)
            return await handler(context(principal, language, correlation_id), request)
        except Refusal as refusal:
            text = f"{refusal.path}: {refusal.message(language)}" if refusal.path else refusal.message(language)
            return error(_status(refusal), text, form)
        except HttpProblem as problem:
            return error(problem.status, " ".join(problem.texts[language]), form)
        except Exception:
            log.exception("open311.failed")
            return error(500, f"内部错误 / Internal error: {correlation_id}", form)


async def _principal(verifier: TokenVerifier, request: Request) -> Principal:
    """By the header, or as the standard has it by `api_key` in the form; never by the address, which is logged."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    if request.method == "POST":
        request.state.fields = await fields_of(request)
        token = token or request.state.fields["api_key"]
    return await verifier.verify(token) if token else ANONYMOUS


def _status(refusal: Refusal) -> int:
    """The standard knows no 401: a key that is missing or not accepted is 403."""
    if isinstance(refusal, TokenRefused | NotPermitted):
        return 403
    return 404 if isinstance(refusal, NotFound) else 400
