"""Where a question may begin; the rest hangs on members and communities."""

import strawberry
from servicekit.graphql import AuditEntry, AuditFilter, Connection, Info, audit_trail

from service_tracking.api import loaders
from service_tracking.api.beneficiaries import BeneficiaryQueries
from service_tracking.api.certificates import CertificateQueries
from service_tracking.api.claims import Claim
from service_tracking.api.offers import Offer
from service_tracking.api.policies import PolicyQueries
from service_tracking.api.problems import ProblemQueries
from service_tracking.api.records import ServiceRecord
from service_tracking.api.samples import SampleQueries


@strawberry.type
class Query(BeneficiaryQueries, SampleQueries, CertificateQueries, PolicyQueries, ProblemQueries):
    @strawberry.field(description="审计记录,由旧到新 / The audit trail of a lane (a county's code), oldest first")
    async def service_tracking_audit(
        self,
        info: Info,
        lane: strawberry.ID,
        filter: AuditFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[AuditEntry]:
        return await audit_trail(info.context, "Query.serviceTrackingAudit", lane, filter, first, after)

    @strawberry.field(description="岗位或微心愿 / A post or a wish")
    async def offer(self, info: Info, id: strawberry.ID) -> Offer | None:
        found = await info.context.loaders.find(loaders.offers_by_id, id)
        return Offer.of(found) if found else None

    @strawberry.field(description="认领;您无权查看的视为不存在 / A claim; none if you may not see it")
    async def claim(self, info: Info, id: strawberry.ID) -> Claim | None:
        found = await info.context.loaders.find(loaders.claims_by_id, id)
        if found is None:
            return None
        claim = Claim.of(found)
        info.context.require("Query.claim", claim.policy_target)
        return claim

    @strawberry.field(description="服务记录;您无权查看的视为不存在 / A service record; none if you may not see it")
    async def service_record(self, info: Info, id: strawberry.ID) -> ServiceRecord | None:
        found = await info.context.loaders.find(loaders.records_by_id, id)
        if found is None:
            return None
        record = ServiceRecord.of(found)
        info.context.require("Query.serviceRecord", record.policy_target)
        return record
