"""What a mutation may answer."""

from servicekit.domain import NotFound
from servicekit.graphql import bulk_union, result_union

from service_tracking.api.types import Claim, Post, ServiceRecord, Wish
from service_tracking.domain import refusals as no

_CLAIMING = (no.AlreadyClaimed, no.MemberNotRegistered, no.OfferClosed, no.OfferFull, no.OfferNotOpen)
_CONFIRMING = (no.OwnRecord, no.RecordDecided, no.SecondPersonRequired)

PublishPostResult = result_union("PublishPostResult", Post)
PublishPostsResult = bulk_union("PublishPosts", PublishPostResult)
PublishWishResult = result_union("PublishWishResult", Wish)
PublishWishesResult = bulk_union("PublishWishes", PublishWishResult)
CloseOfferResult = result_union("CloseOfferResult", Post, Wish, NotFound, no.OfferClosed)

ClaimOfferResult = result_union("ClaimOfferResult", Claim, NotFound, *_CLAIMING)
ClaimOffersResult = bulk_union("ClaimOffers", ClaimOfferResult)
WithdrawClaimResult = result_union("WithdrawClaimResult", Claim, NotFound, no.ClaimEnded)
ReviewClaimResult = result_union("ReviewClaimResult", Claim, NotFound, no.ClaimNotPending, no.OfferClosed, no.OfferFull)
ReviewClaimsResult = bulk_union("ReviewClaims", ReviewClaimResult)

SubmitRecordResult = result_union(
    "SubmitRecordResult", ServiceRecord, NotFound, no.ClaimNotApproved, no.MemberNotRegistered, no.OwnRecord
)
SubmitRecordsResult = bulk_union("SubmitRecords", SubmitRecordResult)
ConfirmRecordResult = result_union("ConfirmRecordResult", ServiceRecord, NotFound, *_CONFIRMING)
ConfirmRecordsResult = bulk_union("ConfirmRecords", ConfirmRecordResult)
RejectRecordResult = result_union("RejectRecordResult", ServiceRecord, NotFound, no.OwnRecord, no.RecordDecided)
RejectRecordsResult = bulk_union("RejectRecords", RejectRecordResult)
