"""The root queries."""

from datetime import date
from typing import Annotated

import strawberry
from servicekit.domain import InvalidInput
from servicekit.graphql import AuditEntry, AuditFilter, Connection, Info, audit_trail, connection, text_argument
from servicekit.security import Role, Target
from servicekit.security.vault import Vault
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.assignments import AssignmentQueries
from registration.api.certificates import CertificateCheck
from registration.api.divisions import Community, Division, community, division
from registration.api.enums import Level, RegistrationStatus
from registration.api.held_lines import HeldLineQueries
from registration.api.members import Member, members_by_id
from registration.api.organs import OrganQueries
from registration.api.papers import PaperQueries
from registration.api.personal import PersonalQueries
from registration.api.reconciliations import ReconciliationQueries
from registration.api.registrations import Registration
from registration.api.reorganisations import ReorganisationQueries
from registration.api.units import Unit
from registration.api.verification import verify
from registration.domain import divisions, registrations, units
from registration.domain.certificates import check_certificate_number
from registration.domain.divisions import parse_code
from registration.storage import reads


@strawberry.type
class Query(
    AssignmentQueries,
    HeldLineQueries,
    OrganQueries,
    PersonalQueries,
    ReconciliationQueries,
    PaperQueries,
    ReorganisationQueries,
):
    @strawberry.field(description="审计记录,由旧到新 / The audit trail of a lane (a county's code), oldest first")
    async def registration_audit(
        self,
        info: Info,
        lane: strawberry.ID,
        filter: AuditFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[AuditEntry]:
        return await audit_trail(info.context, "Query.registrationAudit", lane, filter, first, after)

    @strawberry.field(
        description="asOf 当日的名称,当日无效则为空 / asOf: as it was called that day; null where it was not valid"
    )
    async def division(self, info: Info, code: strawberry.ID, as_of: date | None = None) -> Division | None:
        return await division(info.context, code, as_of)

    @strawberry.field(
        description="某区划内某级区划;无 asOf 时含已撤销的 / Of one level; without asOf withdrawn ones too"
    )
    async def divisions(
        self,
        info: Info,
        within: strawberry.ID,
        level: Level,
        as_of: date | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Division]:
        code = parse_code(within, path="within")
        page = await reads.divisions_within(info.context.database, code, level.value, first, after, as_of)
        return connection(page, lambda one: Division.of(restore(divisions.Division, one), as_of))

    @strawberry.field
    async def community(self, info: Info, code: strawberry.ID) -> Community | None:
        return await community(info.context, code)

    @strawberry.field(description="某区划内的社区 / Communities within a division")
    async def communities(
        self,
        info: Info,
        within: strawberry.ID,
        first: int = 20,
        after: str | None = None,
        as_of: date | None = None,
    ) -> Connection[Community]:
        code = parse_code(within, path="within")
        page = await info.context.loaders.load(loaders.communities, code, first=first, after=after, as_of=as_of)
        return connection(page, lambda one: Community.of(restore(divisions.Division, one), as_of))

    @strawberry.field
    async def unit(self, info: Info, id: strawberry.ID) -> Unit | None:
        found = await info.context.loaders.find(loaders.units, id)
        return Unit.of(found) if found else None

    @strawberry.field(description="某区划内的单位,可限定条线 / Units within a division, all of them or those of a line")
    async def units(
        self,
        info: Info,
        within: strawberry.ID,
        line: Annotated[str, text_argument(max=40)] | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Unit]:
        code = parse_code(within, path="within")
        page = await reads.units_within(info.context.database, code, line, first, after)
        return connection(page, lambda one: Unit.of(restore(units.Unit, one)))

    @strawberry.field(description="本人 / The member who asks")
    async def me(self, info: Info) -> Member | None:
        own = info.context.principal.scopes(Role.MEMBER)
        (found,) = await members_by_id(info.context, own[:1])
        info.context.require("Query.me", Target(member=own[0]))
        return found

    @strawberry.field
    async def member(self, info: Info, id: strawberry.ID) -> Member | None:
        (found,) = await members_by_id(info.context, [id])
        if found is not None:
            info.context.require("Query.member", found.policy_target)
        return found

    @strawberry.field
    async def registration(self, info: Info, id: strawberry.ID) -> Registration | None:
        found = await info.context.loaders.find(loaders.registrations, id)
        if found is None:
            return None
        shown = Registration.of(found, info.context)
        info.context.require("Query.registration", shown.policy_target)
        return shown

    @strawberry.field(description="须给出社区或单位 / Of a community, of a unit, or of both")
    async def registrations(
        self,
        info: Info,
        community: strawberry.ID | None = None,
        unit: strawberry.ID | None = None,
        status: RegistrationStatus | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Registration]:
        info.context.require("Query.registrations", await _target(info, community, unit))
        page = await reads.registrations(
            info.context.database,
            community=community,
            unit=unit,
            status=status and status.value,
            first=first,
            after=after,
        )
        return connection(page, lambda one: Registration.of(restore(registrations.Registration, one), info.context))

    @strawberry.field(description="公开核验报到证 / Verify a certificate; open to everybody")
    async def certificate(self, info: Info, number: Annotated[str, text_argument(max=60)]) -> CertificateCheck | None:
        number = check_certificate_number(number, path="number")
        return await verify(info.context.database, info.context.resource(Vault), number)


async def _target(info: Info, community: str | None, unit: str | None) -> Target:
    """What a list of registrations belongs to."""
    if community is None and unit is None:
        raise InvalidInput(path="community", reason_zh="须给出社区或单位", reason_en="give a community or a unit")
    found = await info.context.loaders.find(loaders.units, unit) if unit else None
    if found is None:
        return Target(division=community)
    return Target(division=community or found.division, unit=found.id, line=found.line)
