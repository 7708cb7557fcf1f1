"""Support: one entry in the ledger of what units gave to communities under their agreements."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput

from service_tracking.domain.agreement import Agreement, check_covered
from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import check_not_future, day_of
from service_tracking.domain.project import Project
from service_tracking.domain.refusals import NotOfThisAgreement

_CENT = Decimal("0.01")
MOST = Decimal("1e10")


class SupportKind(StrEnum):
    TALENT = "TALENT"
    TECHNOLOGY = "TECHNOLOGY"
    MATERIALS = "MATERIALS"
    FUNDS = "FUNDS"
    VENUE = "VENUE"


@dataclass(frozen=True, slots=True)
class Gift:
    """So much of `measure` (persons, days, sets, m2...), worth `value` yuan. `reference` is the recorder's own key."""

    community: str
    unit_id: str
    kind: SupportKind
    quantity: Decimal
    measure: str
    value: Decimal
    given_on: date | None = None
    note: str = ""
    reference: str | None = None


class SupportSnapshot(BaseModel):
    """The public state of an entry. `quantity` and `value` (yuan) are decimal numbers as text."""

    agreement_id: str
    project_id: str | None
    unit_id: str
    community: str
    kind: SupportKind
    quantity: Decimal
    measure: str
    value: Decimal
    given_on: date
    reverses: str | None = None


class Support(Aggregate):
    """Entries are added, never changed. One that `reverses` another takes its amounts back: they are negative."""

    agreement_id: str
    project_id: str | None
    unit_id: str
    community: str
    kind: SupportKind
    quantity: Decimal
    measure: str
    value: Decimal
    given_on: date
    note: str
    reference: str | None
    reverses: str | None = None
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def give(
        cls,
        gift: Gift,
        agreement: Agreement | None,
        project: Project | None,
        *,
        id: str,
        by: str,
        now: datetime,
    ) -> Self:
        """`project`: what it was for, of the same unit and community, if for one.

        Raises InvalidInput, NoAgreement, NotOfThisAgreement.
        """
        checked_community(gift.community)
        _check(gift)
        given_on = gift.given_on or day_of(now)
        check_not_future(given_on, now, path="given_on")
        bound = check_covered(agreement, gift.unit_id, gift.community, given_on)
        if project is not None and (project.unit_id != gift.unit_id or gift.community not in project.communities):
            raise NotOfThisAgreement(path="project_id", project_id=project.id, agreement_id=bound.agreement_id)
        support = cls(
            id=id,
            lane=lane_of(gift.community),
            agreement_id=bound.agreement_id,
            project_id=project.id if project else None,
            unit_id=gift.unit_id,
            community=gift.community,
            kind=gift.kind,
            quantity=gift.quantity,
            measure=gift.measure.strip(),
            value=gift.value,
            given_on=given_on,
            note=gift.note,
            reference=gift.reference,
            recorded_by=by,
            recorded_at=now,
        )
        support.record("support-given")
        return support

    def reverse(self, reason: str, *, id: str, by: str, now: datetime) -> Self:
        """The entry that takes this one back, of the same day, so that every sum comes right. Raises InvalidInput."""
        if self.reverses is not None:
            raise InvalidInput(
                path="support_id", reason_zh="该条目本身是冲销,请重新登记", reason_en="a reversal itself: enter it anew"
            )
        if not reason.strip():
            raise InvalidInput(path="reason", reason_zh="须写明理由", reason_en="say why")
        amounts = {"quantity": -self.quantity, "value": -self.value}
        written = {"note": reason.strip(), "reference": None, "recorded_by": by, "recorded_at": now}
        new = {"id": id, "version": 0, "reverses": self.id}
        contra = self.model_validate({**self.model_dump(), **amounts, **written, **new})
        contra.record("support-reversed")
        return contra

    def snapshot(self) -> SupportSnapshot:
        return SupportSnapshot(**{name: getattr(self, name) for name in SupportSnapshot.model_fields})


def _check(gift: Gift) -> None:
    if not gift.measure.strip():
        raise InvalidInput(path="measure", reason_zh="须写明计量单位", reason_en="say what is counted")
    for path, amount, least in (("quantity", gift.quantity, _CENT), ("value", gift.value, Decimal(0))):
        if not amount.is_finite() or not least <= amount <= MOST or amount % _CENT:
            raise InvalidInput(
                path=path,
                reason_zh=f"须为 {least} 到 {MOST:f},最多两位小数",
                reason_en=f"{least} to {MOST:f}, two digits behind the point",
            )
