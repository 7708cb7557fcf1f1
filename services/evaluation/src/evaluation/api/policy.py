"""Who may ask what. Figures of organisations are for every principal; persons are for those in scope.

No rule lets anybody list members by what they did: individuals are never ranked.
"""

from servicekit.security import AUTHENTICATED, PUBLIC, Role, Rule, allow

ADMINS = (Role.SUBDISTRICT_ADMIN, Role.COUNTY_ADMIN, Role.CITY_ADMIN)

POLICY: dict[str, Rule] = {
    "Query.evaluationAudit": allow(Role.AUDITOR),
    "Query.indicator": AUTHENTICATED,
    "Query.lineIndicators": AUTHENTICATED,
    "Query.bulletin": AUTHENTICATED,
    # Checked with the member's unit and communities, for every way to a standing.
    "Query.standing": allow(Role.MEMBER, Role.UNIT_ADMIN, Role.HOST, *ADMINS, Role.AUDITOR, Role.INTEGRATION),
    # Checked with the division and unit asked for, for every way to a residual list.
    "Query.residual": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *ADMINS, Role.AUDITOR, Role.INTEGRATION),
    "Query.bulletinIssue": AUTHENTICATED,
    "Query.bulletinIssues": AUTHENTICATED,
    "Subscription.bulletinPublished": AUTHENTICATED,
    # Checked with the division, unit and line, for every way to one that isn't published.
    "Query.bulletinDrafts": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *ADMINS, Role.AUDITOR),
    "Mutation.draftBulletin": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *ADMINS),
    "Mutation.freezeBulletin": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *ADMINS),
    "Mutation.publishBulletin": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, *ADMINS),
    "Query.score": AUTHENTICATED,
    "Query.scheme": AUTHENTICATED,
    # Checked with the scheme's division and line, for every way to a draft.
    "Query.schemes": allow(Role.LINE_ADMIN, *ADMINS, Role.AUDITOR),
    # Checked with the division asked for, for every way to the facts of a figure.
    "Query.facts": allow(Role.UNIT_ADMIN, Role.LINE_ADMIN, Role.HOST, *ADMINS, Role.AUDITOR),
    "Mutation.draftScheme": allow(Role.LINE_ADMIN, *ADMINS),
    "Mutation.publishScheme": allow(Role.LINE_ADMIN, *ADMINS),
    "Query.appeals": allow(Role.HOST, *ADMINS, Role.AUDITOR),
    "Query.memberAppeals": allow(Role.MEMBER),
    "Mutation.fileAppeal": allow(Role.MEMBER),
    "Mutation.withdrawAppeal": allow(Role.MEMBER),
    # The host, whose word is in question, decides nothing.
    "Mutation.decideAppeal": allow(*ADMINS),
    "Query.statement": AUTHENTICATED,
    "Query.statements": allow(Role.UNIT_ADMIN, *ADMINS, Role.AUDITOR),
    "Query.verifyStatement": PUBLIC,
    "Mutation.issueStatement": allow(Role.MEMBER, Role.UNIT_ADMIN, *ADMINS),
    "Statement": allow(Role.MEMBER, Role.UNIT_ADMIN, *ADMINS, Role.AUDITOR),
    "StatementRow": PUBLIC,
    "StatementCheck": PUBLIC,
    "Appeal": allow(Role.MEMBER, Role.HOST, *ADMINS, Role.AUDITOR),
    "Scheme": AUTHENTICATED,
    "SchemeItem": AUTHENTICATED,
    "Score": AUTHENTICATED,
    "ItemScore": AUTHENTICATED,
    "LedgerFact": AUTHENTICATED,
    "BulletinIssue": AUTHENTICATED,
    "IssueRow": AUTHENTICATED,
    "IssueComparison": AUTHENTICATED,
    "IssueCorrection": AUTHENTICATED,
    "IssueRevision": AUTHENTICATED,
    "MeasuredValue": AUTHENTICATED,
    "BulletinFile": AUTHENTICATED,
    "Standing": AUTHENTICATED,
    # Stars are an honour, not a measure of one person by another.
    "Standing.stars": allow(Role.MEMBER),
    "VanguardServices": AUTHENTICATED,
    "Member": AUTHENTICATED,
    "IndicatorValue": AUTHENTICATED,
    "MonthValue": AUTHENTICATED,
    "Bulletin": AUTHENTICATED,
    "BulletinRow": AUTHENTICATED,
    "Division": AUTHENTICATED,
    "Community": AUTHENTICATED,
    "Unit": AUTHENTICATED,
    "CommunityFigures": AUTHENTICATED,
    "Agreement": AUTHENTICATED,
    "Agreement.effect": allow(Role.UNIT_ADMIN, Role.HOST, *ADMINS, Role.AUDITOR, Role.INTEGRATION),
    "AgreementEffect": AUTHENTICATED,
}
