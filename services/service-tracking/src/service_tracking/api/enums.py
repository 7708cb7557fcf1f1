"""The domain's enumerations as GraphQL enums. Import this before the schema is built."""

import strawberry

from service_tracking.domain.claim import ClaimStatus, Decision
from service_tracking.domain.offer import OfferKind, OfferStatus
from service_tracking.domain.record import ConfirmationMethod, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard

strawberry.enum(OfferKind, description="岗位、微心愿 / Posts and micro-wishes")
strawberry.enum(OfferStatus, description="发布中、已关闭 / Published, closed")
strawberry.enum(ClaimStatus, description="RELEASED: 报到结束后释放 / RELEASED: given up because the registration ended")
strawberry.enum(Decision, name="ClaimDecision", description="审核结论 / The outcome of a review")
strawberry.enum(RecordStatus, description="待确认、已确认、已退回 / Waiting, confirmed, rejected")
strawberry.enum(Vanguard, description="五个先锋 / The five vanguards")
strawberry.enum(Provenance, description="自报、现场签到、补录 / Self-reported, checked in on the spot, granted later")
strawberry.enum(ConfirmationMethod, description="走访、电话、组织方、现场 / How it was checked")
