"""Who may do what in registration. A new operation without a rule stops the service from starting."""

from servicekit.security import AUTHENTICATED, PUBLIC, Role, Rule, allow

ADMINS = (Role.SUBDISTRICT_ADMIN, Role.COUNTY_ADMIN, Role.CITY_ADMIN)
OVERSEERS = (*ADMINS, Role.AUDITOR, Role.INTEGRATION)
_UNIT_READERS = (Role.UNIT_ADMIN, Role.LINE_ADMIN, *OVERSEERS)
_COMMUNITY_READERS = (Role.HOST, *OVERSEERS)
_PERSON_READERS = (Role.MEMBER, Role.UNIT_ADMIN, Role.LINE_ADMIN, *_COMMUNITY_READERS)

# Until the paper is presented its number is for those who hold it: a host who could look it up would need no paper.
PAPER_HOLDERS = allow(Role.MEMBER, Role.UNIT_ADMIN)

POLICY: dict[str, Rule] = {
    "Query.division": AUTHENTICATED,
    "Query.community": AUTHENTICATED,
    "Query.communities": AUTHENTICATED,
    "Query.unit": AUTHENTICATED,
    "Query.units": AUTHENTICATED,
    "Query.me": allow(Role.MEMBER),
    "Query.member": allow(*_PERSON_READERS),
    "Query.registration": allow(*_PERSON_READERS),
    "Query.registrations": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *_COMMUNITY_READERS),
    "Query.assignmentList": allow(Role.COUNTY_ADMIN, Role.CITY_ADMIN, Role.AUDITOR, Role.INTEGRATION),
    "Query.certificate": PUBLIC,
    "Mutation.importDivisions": allow(Role.COUNTY_ADMIN, Role.CITY_ADMIN),
    "Mutation.registerUnit": allow(Role.COUNTY_ADMIN, Role.CITY_ADMIN, Role.INTEGRATION),
    "Mutation.registerUnits": allow(Role.COUNTY_ADMIN, Role.CITY_ADMIN, Role.INTEGRATION),
    "Mutation.signAgreement": allow(Role.UNIT_ADMIN, *ADMINS),
    "Mutation.signAgreements": allow(Role.UNIT_ADMIN, *ADMINS),
    "Mutation.endAgreement": allow(Role.UNIT_ADMIN, *ADMINS),
    "Mutation.previewRoster": allow(Role.UNIT_ADMIN, Role.INTEGRATION),
    "Mutation.applyRoster": allow(Role.UNIT_ADMIN, Role.INTEGRATION),
    "Mutation.submitRegistration": allow(Role.MEMBER, Role.UNIT_ADMIN),
    "Mutation.submitRegistrations": allow(Role.MEMBER, Role.UNIT_ADMIN),
    "Mutation.certifyRegistration": allow(Role.UNIT_ADMIN),
    "Mutation.certifyRegistrations": allow(Role.UNIT_ADMIN),
    "Mutation.rejectRegistration": allow(Role.UNIT_ADMIN),
    "Mutation.voidCertificate": allow(Role.UNIT_ADMIN),
    "Mutation.receiveCertificate": allow(Role.HOST),
    "Mutation.receiveCertificates": allow(Role.HOST),
    "Mutation.withdrawRegistration": allow(Role.MEMBER, Role.UNIT_ADMIN),
    "Mutation.endRegistration": allow(Role.UNIT_ADMIN, Role.HOST, *ADMINS),
    "Mutation.createGrid": allow(Role.HOST, *ADMINS),
    "Mutation.createGrids": allow(Role.HOST, *ADMINS),
    "Mutation.placeRegistration": allow(Role.HOST, *ADMINS),
    "Mutation.placeRegistrations": allow(Role.HOST, *ADMINS),
    "Division": AUTHENTICATED,
    "Community": AUTHENTICATED,
    "Community.members": allow(*_COMMUNITY_READERS),
    "Community.registrations": allow(*_COMMUNITY_READERS),
    "Unit": AUTHENTICATED,
    "Unit.members": allow(*_UNIT_READERS),
    "Unit.rosters": allow(*_UNIT_READERS),
    "Agreement": AUTHENTICATED,
    "Grid": AUTHENTICATED,
    "Member": AUTHENTICATED,
    "Member.name": allow(*_PERSON_READERS),
    "Member.idNumber": allow(*_PERSON_READERS),
    "Member.phone": allow(*_PERSON_READERS),
    "Member.residence": allow(*_PERSON_READERS),
    "Member.registration": allow(*_PERSON_READERS),
    "Registration": allow(*_PERSON_READERS),
    "Certificate": AUTHENTICATED,
    "CertificateCheck": PUBLIC,
    "RosterVersion": AUTHENTICATED,
    "RosterReview": AUTHENTICATED,
    "RosterRow": AUTHENTICATED,
    "RosterProblem": AUTHENTICATED,
    "AppliedRoster": AUTHENTICATED,
    "DivisionImport": AUTHENTICATED,
    "RefusedDivision": AUTHENTICATED,
}
