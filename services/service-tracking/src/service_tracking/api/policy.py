"""Who may do what, and see what."""

from servicekit.security import AUTHENTICATED, Role, Rule, allow

_OFFICIALS = (Role.HOST, Role.SUBDISTRICT_ADMIN, Role.COUNTY_ADMIN, Role.CITY_ADMIN, Role.INTEGRATION)

# What concerns one member: the member, the member's unit, and whoever is responsible for the place.
READ = allow(Role.MEMBER, Role.UNIT_ADMIN, *_OFFICIALS, Role.AUDITOR)
TAKE_PART = allow(Role.MEMBER, Role.UNIT_ADMIN, Role.HOST, Role.INTEGRATION)
RUN = allow(*_OFFICIALS)
# Whoever reported it, or the place for somebody who is no member.
SPEAK = allow(Role.MEMBER, *_OFFICIALS)
GOVERN = allow(Role.SUBDISTRICT_ADMIN, Role.COUNTY_ADMIN, Role.CITY_ADMIN, Role.INTEGRATION)
# A unit plans its own collective activities; whether they were held, the place says.
SCHEDULE = allow(Role.UNIT_ADMIN, *_OFFICIALS)

POLICY: dict[str, Rule] = {
    "Query.offer": AUTHENTICATED,
    "Query.claim": READ,
    "Query.serviceRecord": READ,
    "Mutation.publishPost": RUN,
    "Mutation.publishPosts": RUN,
    "Mutation.publishWish": RUN,
    "Mutation.publishWishes": RUN,
    "Mutation.closeOffer": RUN,
    "Mutation.publishPairingNeed": RUN,
    "Mutation.publishPairingNeeds": RUN,
    "Mutation.formTeam": RUN,
    "Mutation.formTeams": RUN,
    "Mutation.appointLeader": RUN,
    "Mutation.scheduleActivity": SCHEDULE,
    "Mutation.scheduleActivities": SCHEDULE,
    "Mutation.holdActivity": RUN,
    "Mutation.holdActivities": RUN,
    "Mutation.cancelActivity": SCHEDULE,
    "Mutation.recordAttendance": RUN,
    "Mutation.recordAttendances": RUN,
    "Mutation.endPairing": RUN,
    "Mutation.endPairings": RUN,
    "Mutation.logFollowUp": TAKE_PART,
    "Mutation.logFollowUps": TAKE_PART,
    "Mutation.handOverClaim": RUN,
    "Mutation.claimOffer": TAKE_PART,
    "Mutation.claimOffers": TAKE_PART,
    "Mutation.withdrawClaim": TAKE_PART,
    "Mutation.reviewClaim": RUN,
    "Mutation.reviewClaims": RUN,
    "Mutation.submitRecord": TAKE_PART,
    "Mutation.submitRecords": TAKE_PART,
    "Mutation.confirmRecord": RUN,
    "Mutation.confirmRecords": RUN,
    "Mutation.rejectRecord": RUN,
    "Mutation.rejectRecords": RUN,
    "Query.servicePolicies": AUTHENTICATED,
    "Mutation.setServicePolicy": GOVERN,
    "Mutation.endServicePolicy": GOVERN,
    "Query.problem": READ,
    "Mutation.reportProblem": TAKE_PART,
    "Mutation.reportProblems": TAKE_PART,
    "Mutation.acceptProblem": RUN,
    "Mutation.acceptProblems": RUN,
    "Mutation.declineProblem": RUN,
    "Mutation.declineProblems": RUN,
    "Mutation.assignProblem": RUN,
    "Mutation.assignProblems": RUN,
    "Mutation.resolveProblem": RUN,
    "Mutation.resolveProblems": RUN,
    "Mutation.confirmProblem": SPEAK,
    "Mutation.confirmProblems": SPEAK,
    "Mutation.reopenProblem": SPEAK,
    "Mutation.reopenProblems": SPEAK,
    "Problem": READ,
    "ProblemStep": AUTHENTICATED,
    "ServicePolicy": AUTHENTICATED,
    "ServiceRules": AUTHENTICATED,
    "Post": AUTHENTICATED,
    "Wish": AUTHENTICATED,
    "PairingNeed": AUTHENTICATED,
    "Team": AUTHENTICATED,
    "Activity": AUTHENTICATED,
    "FollowUp": READ,
    "Attended": AUTHENTICATED,
    "Unit": AUTHENTICATED,
    "Claim": READ,
    "ClaimReview": AUTHENTICATED,
    "ServiceRecord": READ,
    "Confirmation": AUTHENTICATED,
    "Rejection": AUTHENTICATED,
    "Community": AUTHENTICATED,
    "Member": AUTHENTICATED,
}
