"""The facts that registration publishes, and the public snapshot that each carries: its contract with the others."""

from pydantic import BaseModel

from registration.domain.agreements import AgreementSnapshot
from registration.domain.appointments import AppointmentSnapshot
from registration.domain.divisions import DivisionSnapshot
from registration.domain.grids import GridSnapshot
from registration.domain.groups import GroupSnapshot
from registration.domain.leader_links import LeaderLinkSnapshot
from registration.domain.members import MemberSnapshot
from registration.domain.organs import OrganSnapshot
from registration.domain.papers import PaperSnapshot
from registration.domain.profiles import ProfileSnapshot
from registration.domain.reconciliations import ReconciliationSnapshot, ReminderSnapshot
from registration.domain.registrations import RegistrationSnapshot
from registration.domain.reorganisations import ReorganisationSnapshot
from registration.domain.rosters import RosterSnapshot
from registration.domain.squads import SquadSnapshot
from registration.domain.units import UnitSnapshot

PUBLISHED: dict[str, type[BaseModel]] = {
    "division-imported": DivisionSnapshot,
    "division-withdrawn": DivisionSnapshot,
    "unit-registered": UnitSnapshot,
    "unit-merged": UnitSnapshot,
    "agreement-signed": AgreementSnapshot,
    "agreement-ended": AgreementSnapshot,
    "roster-applied": RosterSnapshot,
    "member-joined": MemberSnapshot,
    "member-changed": MemberSnapshot,
    "member-left": MemberSnapshot,
    "registration-submitted": RegistrationSnapshot,
    "registration-certified": RegistrationSnapshot,
    "registration-certificate-voided": RegistrationSnapshot,
    "registration-completed": RegistrationSnapshot,
    "registration-rejected": RegistrationSnapshot,
    "registration-withdrawn": RegistrationSnapshot,
    "registration-ended": RegistrationSnapshot,
    "registration-leave-granted": RegistrationSnapshot,
    "registration-unit-changed": RegistrationSnapshot,
    "registration-roster-left": RegistrationSnapshot,
    "registration-placed": RegistrationSnapshot,
    "registration-moved": RegistrationSnapshot,
    "registration-resettled": RegistrationSnapshot,
    "grid-created": GridSnapshot,
    "grid-moved": GridSnapshot,
    "group-created": GroupSnapshot,
    "squad-created": SquadSnapshot,
    "squad-leader-named": SquadSnapshot,
    "organ-registered": OrganSnapshot,
    "organ-dissolved": OrganSnapshot,
    "organ-moved": OrganSnapshot,
    "appointment-made": AppointmentSnapshot,
    "appointment-ended": AppointmentSnapshot,
    "appointment-moved": AppointmentSnapshot,
    "leader-linked": LeaderLinkSnapshot,
    "leader-unlinked": LeaderLinkSnapshot,
    "profile-changed": ProfileSnapshot,
    "reorganisation-ordered": ReorganisationSnapshot,
    "reorganisation-done": ReorganisationSnapshot,
    "reconciliation-made": ReconciliationSnapshot,
    "paper-decided": PaperSnapshot,
    "residual-reminded": ReminderSnapshot,
}
