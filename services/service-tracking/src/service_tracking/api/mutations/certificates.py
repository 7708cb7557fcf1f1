"""Issue and revoke service certificates."""

from typing import Any

import strawberry
from servicekit.domain import NotFound
from servicekit.graphql import Info
from servicekit.security import Target
from servicekit.security.vault import Vault

from service_tracking.api import results
from service_tracking.api.certificates import (
    IssueServiceCertificateInput,
    RevokeServiceCertificateInput,
    ServiceCertificate,
)
from service_tracking.api.permitted import person
from service_tracking.domain.service_certificate import NUMBERS
from service_tracking.storage.certificates import certificate_by_number
from service_tracking.use_cases.issue_certificate import issue_certificate
from service_tracking.use_cases.revoke_certificate import revoke_certificate


@strawberry.type
class CertificateMutations:
    @strawberry.mutation(
        graphql_type=results.IssueServiceCertificateResult,
        description="出具服务证明,仅限记录服务的社区 / Issue one; only the community that recorded the service",
    )
    async def issue_service_certificate(self, info: Info, input: IssueServiceCertificateInput) -> Any:
        context = info.context
        context.require("Mutation.issueServiceCertificate", Target(division=input.community_code))
        vault, command = context.resource(Vault), input.command()
        return ServiceCertificate.of(await context.run(issue_certificate, person(context), vault, command))

    @strawberry.mutation(
        graphql_type=results.RevokeServiceCertificateResult, description="撤销服务证明 / Revoke a service certificate"
    )
    async def revoke_service_certificate(self, info: Info, input: RevokeServiceCertificateInput) -> Any:
        context = info.context
        key = "Mutation.revokeServiceCertificate"
        context.permits_many(key, ())
        found = await certificate_by_number(context.database, NUMBERS.check(input.number, "number"))
        if found is None:
            raise NotFound(path="number", what_zh="服务证明", what_en="service certificate", id=input.number)
        context.require(key, Target(division=found.community))
        return ServiceCertificate.of(await context.run(revoke_certificate, found.number, input.reason))
