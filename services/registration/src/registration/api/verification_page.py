"""The public page that a certificate's QR code leads to: GET /certificate/{number}. No token, no script, no cookie."""

from collections.abc import Sequence
from html import escape

from servicekit.domain import InvalidInput
from servicekit.runtime.service import Running
from servicekit.security import TokenVerifier
from servicekit.security.vault import Vault
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from registration.api.certificates import CertificateCheck, CertificateState
from registration.api.verification import verify
from registration.domain.certificates import check_certificate_number

STATES = {
    CertificateState.IN_FORCE: "有效,待出示 / In force",
    CertificateState.RECEIVED: "有效,社区已签收 / Received by the community",
    CertificateState.VOIDED: "已作废 / Voided",
    CertificateState.CLOSED: "报到已终止 / The registration has ended",
}
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>报到证核验</title>'
    "<style>body{{font:1.1rem/1.7 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}"
    "dt{{color:#666}}dd{{margin:0 0 .6rem}}</style></head><body><h1>报到证核验</h1>{body}</body></html>"
)


def routes(running: Running, _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    vault = running.resources[Vault]
    assert isinstance(vault, Vault)

    async def page(request: Request) -> HTMLResponse:
        try:
            number = check_certificate_number(request.path_params["number"])
        except InvalidInput as refusal:
            return _answer(f"<p>{escape(refusal.message('zh'))}</p><p>{escape(refusal.message('en'))}</p>", 400)
        found = await verify(running.database, vault, number)
        if found is None:
            return _answer("<p>没有这张报到证。</p><p>No certificate has this number.</p>", 404)
        return _answer(_shown(found), 200)

    return [Route("/certificate/{number}", page, methods=["GET"])]


def _shown(found: CertificateCheck) -> str:
    """What the paper shows, and whether it holds."""
    rows = [
        ("状态 / State", STATES[found.state]),
        ("编号 / Number", found.number),
        ("姓名 / Name", found.name),
        ("单位 / Unit", found.unit),
        ("社区 / Community", found.community),
        ("签发日期 / Issued on", found.issued_on.isoformat()),
    ]
    if found.voided_on is not None:
        rows.append(("作废日期 / Voided on", found.voided_on.isoformat()))
    return "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in rows) + "</dl>"


def _answer(body: str, status: int) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(body=body), status, headers=HEADERS)
