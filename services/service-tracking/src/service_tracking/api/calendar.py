"""GET /calendar/{token}.ics: a member's approved claims, for whoever has the address."""

from collections.abc import Sequence

from servicekit.graphql.http import ContextFactory
from servicekit.security import ANONYMOUS, TokenVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from service_tracking.documents.calendar import calendar_of
from service_tracking.storage.calendar_feeds import claims_of_feed

HEADERS = {"cache-control": "private, max-age=900", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


def calendars(context: ContextFactory, _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    async def feed(request: Request) -> Response:
        claims = await claims_of_feed(context(ANONYMOUS, "zh", "").database, request.path_params["token"])
        if claims is None:
            return Response("没有这个日历 / No such calendar", 404, HEADERS, "text/plain")
        return Response(calendar_of(claims), 200, HEADERS, "text/calendar")

    return [Route("/calendar/{token}.ics", feed, methods=["GET"])]
