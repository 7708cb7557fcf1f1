"""One-time codes in the graph: the digits are shown once, to whoever issues them."""

from datetime import datetime
from typing import Self

import strawberry
from servicekit.graphql import text

from service_tracking.domain.confirmation_code import DIGITS
from service_tracking.use_cases.confirm_by_codes import ConfirmByCode
from service_tracking.use_cases.issue_codes import IssueCode, IssuedCode


@strawberry.type(description="一次性确认码,交给受助人;仅显示这一次 / For the beneficiary; shown this once")
class IssuedConfirmationCode:
    digits: str
    claim_id: strawberry.ID | None
    record_id: strawberry.ID | None
    expires_at: datetime
    tries: int

    @classmethod
    def of(cls, issued: IssuedCode) -> Self:
        code = issued.code
        return cls(
            digits=issued.digits,
            claim_id=strawberry.ID(code.claim_id) if code.claim_id else None,
            record_id=strawberry.ID(code.record_id) if code.record_id else None,
            expires_at=code.expires_at,
            tries=code.tries_left,
        )


@strawberry.input(description="认领(服务前)或记录(提交后)填其一 / A claim, before the service, or a record after it")
class IssueConfirmationCodeInput:
    claim_id: strawberry.ID | None = None
    record_id: strawberry.ID | None = None

    def command(self) -> IssueCode:
        return IssueCode(self.claim_id, self.record_id)


@strawberry.input
class ConfirmByCodeInput:
    record_id: strawberry.ID
    code: str = text(max=DIGITS, min=DIGITS, pattern=r"[0-9]+")

    def command(self) -> ConfirmByCode:
        return ConfirmByCode(self.record_id, self.code)
