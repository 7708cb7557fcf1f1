"""The public page that a service certificate's QR code leads to: GET /service-certificate/{number}."""

from collections.abc import Iterator, Sequence

from servicekit.documents.page import page_of_terms, page_of_text
from servicekit.domain import InvalidInput
from servicekit.graphql.http import ContextFactory
from servicekit.security import ANONYMOUS, TokenVerifier
from servicekit.security.vault import Vault
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from service_tracking.api.certificates import ServiceCertificateCheck, check
from service_tracking.documents.words import VANGUARDS
from service_tracking.domain.service_certificate import NUMBERS, CertificateState

TITLE = "服务证明核验"
STATES = {
    CertificateState.VALID: "有效 / Valid",
    CertificateState.SUPERSEDED: "已更新:记录有更正,以新证明为准 / Superseded: a record in it was corrected",
    CertificateState.REVOKED: "已撤销 / Revoked",
}


def verification(context: ContextFactory, _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    async def page(request: Request) -> Response:
        try:
            number = NUMBERS.check(request.path_params["number"], "number")
        except InvalidInput as refusal:
            return page_of_text(TITLE, refusal.message("zh"), refusal.message("en"), status=400)
        asked = context(ANONYMOUS, "zh", "")
        found = await check(asked.database, asked.resource(Vault), number)
        if found is None:
            return page_of_text(TITLE, "没有这张服务证明。", "No service certificate has this number.", status=404)
        return page_of_terms(TITLE, _shown(found))

    return [Route("/service-certificate/{number}", page, methods=["GET"])]


def _shown(found: ServiceCertificateCheck) -> Iterator[tuple[str, str]]:
    yield "状态 / State", STATES[found.state]
    yield "编号 / Number", found.number
    yield "姓名 / Name", found.name
    yield "党员编号 / Member number", found.member_id
    yield "期间 / Period", f"{found.starts_on} – {found.ends_on}"
    yield "时长 / Hours", f"{found.hours} ({len(found.services)})"
    for one in found.services:
        yield one.served_on.isoformat(), f"{one.activity} · {VANGUARDS[one.vanguard]} · {one.hours}"
    yield "出具 / Issuer", found.issuer
    yield "负责人 / Person in charge", found.person_in_charge
    yield "经办人 / Handler", found.handler
    yield "联系方式 / Contact", found.contact
    yield "备注 / Remarks", found.remarks
    yield "出具日期 / Issued on", found.issued_on.isoformat()
    if found.revoked_on is not None:
        yield "撤销日期 / Revoked on", found.revoked_on.isoformat()
