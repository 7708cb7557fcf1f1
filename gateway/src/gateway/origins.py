"""Which web sites may call: CORS for the allowed ones, and no request that a browser sends for another site.

There are no cookies here, so a browser adds nothing to a foreign site's request that would let it act for somebody:
a token has to be put into a header, which needs a preflight. What is refused besides is what asks nobody before, a
plain GET for instance: browsers tell of it by `Sec-Fetch-Site` and `Origin`.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256

from gateway.refusals import Refused

PREFLIGHT = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "accept-language, authorization, content-type, traceparent, tracestate, "
    "x-correlation-id, x-explain",
    "access-control-max-age": "600",
}
READABLE = "retry-after, x-correlation-id"
OWN_SITE = ("same-origin", "none")


class Origins:
    """`allowed` are origins like `https://app.example.org`; `*` stands for all."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allows(self, origin: str) -> bool:
        return "*" in self._allowed or origin in self._allowed

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises `Refused` (403) for a request that another site had a browser send."""
        origin = headers.get("origin")
        if origin is not None:
            foreign = not self.allows(origin) and not _is_own(origin, headers)
        else:
            foreign = headers.get("sec-fetch-site", "none") not in OWN_SITE
        if foreign:
            message = "This site may not call here. / 不接受此网站的请求。"
            raise Refused("ORIGIN_NOT_ALLOWED", message, 403, well_formed=False)

    def allowing(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What lets an allowed site read the answer."""
        origin = headers.get("origin")
        if origin is None or not self.allows(origin):
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": READABLE,
            "cross-origin-resource-policy": "cross-origin",
        }

    def preflight(self, headers: Mapping[str, str]) -> dict[str, str]:
        allowing = self.allowing(headers)
        return {"vary": "origin", "allow": "GET, POST", **({**allowing, **PREFLIGHT} if allowing else {})}


def _is_own(origin: str, headers: Mapping[str, str]) -> bool:
    return origin.partition("://")[2] == headers.get("host")


def page_policy(page: bytes) -> str:
    """The content security policy of a page: its own inline script and style run, it may ask this host, no more."""
    script, style = (_hashes(page, tag) for tag in (b"script", b"style"))
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(page: bytes, tag: bytes) -> str:
    found = re.findall(rb"<%b>(.*?)</%b>" % (tag, tag), page, re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(one).digest()).decode()}'" for one in found)
