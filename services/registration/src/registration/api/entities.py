"""What hangs on what: communities, units and members with all that there is of them."""

from servicekit.graphql import extend

from registration.api.agreements import Agreement, UnitAgreements
from registration.api.divisions import Community, Division
from registration.api.grids import CommunityGrids, Grid, Group, Squad
from registration.api.members import Member, UnitMembers
from registration.api.organs import Organ
from registration.api.personal_types import MemberPersonalData
from registration.api.registrations import CommunityRegistrations, MemberRegistration, Registration
from registration.api.roster_versions import UnitRosters
from registration.api.units import Unit

extend(Community, CommunityRegistrations, CommunityGrids)
extend(Unit, UnitMembers, UnitAgreements, UnitRosters)
extend(Member, MemberRegistration, MemberPersonalData)

ENTITIES: list[type] = [Organ, Division, Community, Unit, Agreement, Member, Registration, Grid, Group, Squad]
