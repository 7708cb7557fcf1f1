"""The public page that a certificate's QR code leads to: GET /certificate/{number}. No token, no script, no cookie."""

from collections.abc import Sequence

from servicekit.documents.page import page_of_terms, page_of_text
from servicekit.domain import InvalidInput
from servicekit.graphql.http import ContextFactory
from servicekit.security import ANONYMOUS, TokenVerifier
from servicekit.security.vault import Vault
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from registration.api.certificates import CertificateCheck, CertificateState
from registration.api.verification import verify
from registration.domain.certificates import check_certificate_number

TITLE = "报到证核验"
STATES = {
    CertificateState.IN_FORCE: "有效,待出示 / In force",
    CertificateState.RECEIVED: "有效,社区已签收 / Received by the community",
    CertificateState.VOIDED: "已作废 / Voided",
    CertificateState.CLOSED: "报到已终止 / The registration has ended",
}


def routes(context: ContextFactory, _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    async def page(request: Request) -> HTMLResponse:
        try:
            number = check_certificate_number(request.path_params["number"])
        except InvalidInput as refusal:
            return page_of_text(TITLE, refusal.message("zh"), refusal.message("en"), status=400)
        asked = context(ANONYMOUS, "zh", "")
        found = await verify(asked.database, asked.resource(Vault), number)
        if found is None:
            return page_of_text(TITLE, "没有这张报到证。", "No certificate has this number.", status=404)
        return page_of_terms(TITLE, _shown(found))

    return [Route("/certificate/{number}", page, methods=["GET"])]


def _shown(found: CertificateCheck) -> list[tuple[str, str]]:
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
    return rows
