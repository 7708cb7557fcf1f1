"""What a mutation may answer."""

from servicekit.domain import NotFound, TooManyRows
from servicekit.graphql import bulk_union, result_union

from service_tracking.api.beneficiaries import Beneficiary, RevealedBeneficiary
from service_tracking.api.calendar_types import CalendarFeed, RevokedCalendarFeed
from service_tracking.api.certificates import ServiceCertificate
from service_tracking.api.claims import Claim
from service_tracking.api.confirmation_codes import IssuedConfirmationCode
from service_tracking.api.follow_ups import FollowUp
from service_tracking.api.offers import Activity, PairingNeed, Post, Team, Wish
from service_tracking.api.records import ServiceRecord
from service_tracking.api.samples import Sample, SampledRecord
from service_tracking.domain import refusals as no

_CLAIMING = (
    no.RegisteredElsewhere,
    no.WaitingListFull,
    no.AlreadyClaimed,
    no.MemberNotRegistered,
    no.OfferClosed,
    no.OfferFull,
    no.OfferNotOpen,
)
_CONFIRMING = (no.OwnRecord, no.RecordDecided, no.SecondPersonRequired, no.HoursOverCap, no.OutsideWindow)

PublishPostResult = result_union("PublishPostResult", Post, TooManyRows)
PublishPostsResult = bulk_union("PublishPosts", PublishPostResult)
PublishWishResult = result_union("PublishWishResult", Wish)
PublishWishesResult = bulk_union("PublishWishes", PublishWishResult)
_OFFERS = (Post, Wish, PairingNeed, Team, Activity)
CloseOfferResult = result_union("CloseOfferResult", *_OFFERS, NotFound, no.OfferClosed)
ThankForWishResult = result_union(
    "ThankForWishResult", Wish, NotFound, no.IdentityInPublicText, no.NotAWish, no.StepNotPossible
)
EditOfferResult = result_union(
    "EditOfferResult",
    *_OFFERS,
    NotFound,
    TooManyRows,
    no.IdentityInPublicText,
    no.NoAgreement,
    no.OfferChanged,
    no.OfferClosed,
    no.PlacesTaken,
)
PublishPairingNeedResult = result_union("PublishPairingNeedResult", PairingNeed)
PublishPairingNeedsResult = bulk_union("PublishPairingNeeds", PublishPairingNeedResult)
FormTeamResult = result_union("FormTeamResult", Team, no.MemberNotRegistered)
FormTeamsResult = bulk_union("FormTeams", FormTeamResult)
AppointLeaderResult = result_union(
    "AppointLeaderResult", Team, NotFound, no.LeaderNotInTeam, no.NotATeam, no.OfferClosed
)
ScheduleActivityResult = result_union("ScheduleActivityResult", Activity, no.NoAgreement)
ScheduleActivitiesResult = bulk_union("ScheduleActivities", ScheduleActivityResult)
HoldActivityResult = result_union(
    "HoldActivityResult", Activity, NotFound, no.ActivityNotDue, no.ActivityOver, no.NoAgreement, no.NotAnActivity
)
HoldActivitiesResult = bulk_union("HoldActivities", HoldActivityResult)
CancelActivityResult = result_union("CancelActivityResult", Activity, NotFound, no.ActivityOver, no.NotAnActivity)
RecordAttendanceResult = result_union(
    "RecordAttendanceResult", Claim, NotFound, no.ActivityNotHeld, no.ClaimNotApproved, no.NotAnActivity
)
RecordAttendancesResult = bulk_union("RecordAttendances", RecordAttendanceResult)
EndPairingResult = result_union("EndPairingResult", Claim, NotFound, no.ClaimNotApproved, no.NotAPairing)
EndPairingsResult = bulk_union("EndPairings", EndPairingResult)
LogFollowUpResult = result_union("LogFollowUpResult", FollowUp, NotFound, no.ClaimNotApproved, no.NotAPairing)
LogFollowUpsResult = bulk_union("LogFollowUps", LogFollowUpResult)
HandOverClaimResult = result_union(
    "HandOverClaimResult",
    Claim,
    NotFound,
    no.AlreadyClaimed,
    no.ClaimNotApproved,
    no.MemberNotRegistered,
    no.OfferClosed,
    no.RegisteredElsewhere,
)

RecordBeneficiaryResult = result_union(
    "RecordBeneficiaryResult", Beneficiary, NotFound, no.IdentityInPublicText, no.NotForBeneficiary, no.OfferClosed
)
RecordBeneficiariesResult = bulk_union("RecordBeneficiaries", RecordBeneficiaryResult)
RevealBeneficiaryResult = result_union(
    "RevealBeneficiaryResult", RevealedBeneficiary, NotFound, no.BeneficiaryErased, no.ClaimNotApproved, no.OfferClosed
)
EraseBeneficiaryResult = result_union("EraseBeneficiaryResult", Beneficiary, NotFound, no.BeneficiaryErased)

ClaimOfferResult = result_union("ClaimOfferResult", Claim, NotFound, *_CLAIMING)
ClaimOffersResult = bulk_union("ClaimOffers", ClaimOfferResult)
WithdrawClaimResult = result_union("WithdrawClaimResult", Claim, NotFound, no.ClaimEnded)
ReviewClaimResult = result_union("ReviewClaimResult", Claim, NotFound, no.ClaimNotPending, no.OfferClosed, no.OfferFull)
ReviewClaimsResult = bulk_union("ReviewClaims", ReviewClaimResult)

SubmitRecordResult = result_union(
    "SubmitRecordResult",
    ServiceRecord,
    NotFound,
    no.ClaimNotApproved,
    no.MemberNotRegistered,
    no.OwnRecord,
    no.HoursOverCap,
    no.OutsideWindow,
)
SubmitRecordsResult = bulk_union("SubmitRecords", SubmitRecordResult)
ConfirmRecordResult = result_union("ConfirmRecordResult", ServiceRecord, NotFound, no.NotAttended, *_CONFIRMING)
ConfirmRecordsResult = bulk_union("ConfirmRecords", ConfirmRecordResult)
IssueConfirmationCodeResult = result_union(
    "IssueConfirmationCodeResult",
    IssuedConfirmationCode,
    NotFound,
    no.ClaimNotApproved,
    no.OwnRecord,
    no.RecordDecided,
)
IssueConfirmationCodesResult = bulk_union("IssueConfirmationCodes", IssueConfirmationCodeResult)
ConfirmByCodeResult = result_union(
    "ConfirmByCodeResult",
    ServiceRecord,
    NotFound,
    no.CodeExpired,
    no.CodeLocked,
    no.CodeUsed,
    no.CodeWrong,
    no.RecordDecided,
    no.SecondPersonRequired,
    no.HoursOverCap,
    no.OutsideWindow,
)
ConfirmByCodesResult = bulk_union("ConfirmByCodes", ConfirmByCodeResult)
IssueServiceCertificateResult = result_union(
    "IssueServiceCertificateResult", ServiceCertificate, no.NothingToCertify, no.OwnRecord
)
RevokeServiceCertificateResult = result_union(
    "RevokeServiceCertificateResult", ServiceCertificate, NotFound, no.CertificateRevoked
)
OpenCalendarFeedResult = result_union("OpenCalendarFeedResult", CalendarFeed, no.MemberNotRegistered)
RevokeCalendarFeedResult = result_union("RevokeCalendarFeedResult", RevokedCalendarFeed, NotFound)
DrawSampleResult = result_union("DrawSampleResult", Sample)
CheckSampledRecordResult = result_union(
    "CheckSampledRecordResult", SampledRecord, NotFound, no.OwnRecord, no.RecordDecided, no.SecondPersonRequired
)
AskCorrectionResult = result_union("AskCorrectionResult", ServiceRecord, NotFound, no.StepNotPossible)
DecideCorrectionResult = result_union(
    "DecideCorrectionResult",
    ServiceRecord,
    NotFound,
    no.HoursOverCap,
    no.OutsideWindow,
    no.OwnRecord,
    no.SecondPersonRequired,
    no.StepNotPossible,
)
RejectRecordResult = result_union("RejectRecordResult", ServiceRecord, NotFound, no.OwnRecord, no.RecordDecided)
RejectRecordsResult = bulk_union("RejectRecords", RejectRecordResult)
