"""What hangs on what: members, communities and units with all that this service has of them."""

from servicekit.graphql import extend

from service_tracking.api.beneficiaries import CommunityReveals
from service_tracking.api.certificates import MemberCertificates
from service_tracking.api.claims import Claim, CommunityClaims, MemberClaims
from service_tracking.api.foreign import Community, Member, Unit
from service_tracking.api.offers import ClaimedOffer, CommunityOffers, Post, UnitActivities
from service_tracking.api.partnership import CommunityPartnership, UnitPartnership
from service_tracking.api.policies import CommunityRules
from service_tracking.api.problems import CommunityProblems, MemberProblems
from service_tracking.api.records import CommunityRecords, MemberServices
from service_tracking.api.series import CommunitySeries, PostSeries

extend(Member, MemberClaims, MemberServices, MemberProblems, MemberCertificates)
extend(
    Community,
    CommunityOffers,
    CommunitySeries,
    CommunityClaims,
    CommunityRecords,
    CommunityRules,
    CommunityProblems,
    CommunityPartnership,
    CommunityReveals,
)
extend(Unit, UnitActivities, UnitPartnership)
extend(Claim, ClaimedOffer)
extend(Post, PostSeries)

ENTITIES: list[type] = [Member, Community, Unit]
