"""The domain's enumerations as GraphQL enums. Import this before the schema is built."""

import strawberry

from service_tracking.domain.claim import Attendance, ClaimStatus, Decision
from service_tracking.domain.flags import Flag
from service_tracking.domain.offer import ActivityMode, OfferKind, OfferStatus
from service_tracking.domain.record import ConfirmationMethod, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard

strawberry.enum(OfferKind, description="岗位、微心愿、结对、服务队、活动 / Posts, wishes, pairings, teams, activities")
strawberry.enum(
    OfferStatus, description="发布中、已关闭;活动:已举办、已取消 / Published, closed; activities: held, cancelled"
)
strawberry.enum(
    ClaimStatus,
    description="WAITING: 排队等候名额;RELEASED: 报到结束、事项关闭或活动取消后释放;COMPLETED: 结对完成;"
    "EXPIRED: 长期无后续,自动结束 / WAITING: on the waiting list; RELEASED: given up because the registration ended, "
    "or the offer; COMPLETED: the pairing has done its work; EXPIRED: nothing followed",
)
strawberry.enum(Attendance, description="到场、缺席、请假 / Attended, did not come, excused")
strawberry.enum(ActivityMode, description="定点服务、组团服务、主题服务 / At a fixed point, by a team, on a theme")
strawberry.enum(Decision, name="ClaimDecision", description="审核结论 / The outcome of a review")
strawberry.enum(RecordStatus, description="待确认、已确认、已退回 / Waiting, confirmed, rejected")
strawberry.enum(Vanguard, description="五个先锋 / The five vanguards")
strawberry.enum(Provenance, description="自报、现场签到、补录 / Self-reported, checked in on the spot, granted later")
strawberry.enum(
    ConfirmationMethod,
    description="走访、电话、组织方、现场、受助人确认码、申诉 / How it was checked; the last two nobody says",
)
strawberry.enum(
    Flag,
    name="RecordFlag",
    description="供复核,不影响确认:时间重叠、当日过多、重复、活动缺席 / For review: overlapping, unusually many, told "
    "twice, not seen at the activity",
)
