"""The facts that stand in the way of offering, claiming and recording service."""

from datetime import date
from decimal import Decimal

from servicekit.domain import Refusal


class OfferFull(Refusal):
    offer_id: str
    capacity: int
    zh = "名额已满:共 {capacity} 个名额均已被认领。"
    en = "The offer is full: all {capacity} places are taken."
    next_zh = "请选择其他岗位或微心愿,或选择排队等候(wait)。"
    next_en = "Choose another offer, or join its waiting list (wait)."


class WaitingListFull(Refusal):
    offer_id: str
    most: int
    zh = "排队人数已满:最多 {most} 人。"
    en = "The waiting list is full: {most} wait already."
    next_zh = "请选择其他岗位或微心愿。"
    next_en = "Choose another offer."


class RegisteredElsewhere(Refusal):
    community_code: str
    reach: str
    zh = "本地政策只接受就近报到的党员认领:须在同一{reach}。"
    en = "The local policy takes claims from members registered nearby only: in the same {reach}."
    next_zh = "请选择报到地附近的事项。"
    next_en = "Choose an offer near to where the member is registered."


class OfferClosed(Refusal):
    offer_id: str
    zh = "该岗位或微心愿已关闭。"
    en = "The offer is closed."
    next_zh = "请选择其他仍在发布中的岗位或微心愿。"
    next_en = "Choose another offer that is still published."


class OfferChanged(Refusal):
    offer_id: str
    current_version: int
    zh = "该事项已被他人修改,现为第 {current_version} 版。"
    en = "Somebody changed the offer meanwhile: it is at version {current_version}."
    next_zh = "请刷新后查看现有内容,再修改。"
    next_en = "Reload it, see what it says now, and edit that."


class PlacesTaken(Refusal):
    offer_id: str
    taken: int
    zh = "已有 {taken} 个名额被占用,名额不能少于此数。"
    en = "{taken} places are taken: there can't be fewer."
    next_zh = "请保留足够名额;如确需减少,请先请认领人退出。"
    next_en = "Leave as many places, or have claimants withdraw first."


class OfferNotOpen(Refusal):
    offer_id: str
    opens_on: date
    closes_on: date | None
    zh = "不在认领时间内:{opens_on} 起,{closes_on} 止。"
    en = "It can't be claimed today: it opens on {opens_on} and closes on {closes_on}."
    next_zh = "请在认领时间内认领。"
    next_en = "Claim it between those days."


class AlreadyClaimed(Refusal):
    offer_id: str
    claim_id: str
    zh = "该党员已认领此项,认领尚未结束。"
    en = "The member has a live claim on this offer already."
    next_zh = "无需重复认领;如需改变,请先退出原认领。"
    next_en = "Nothing to do; withdraw the first claim to claim anew."


class MemberNotRegistered(Refusal):
    member_id: str
    zh = "该党员尚未在社区完成报到。"
    en = "The member has no completed registration with a community."
    next_zh = "请先完成线上和线下报到;刚完成的报到几秒钟后生效。"
    next_en = "Complete the registration first, online and at the community; it takes effect within seconds."


class ClaimNotPending(Refusal):
    claim_id: str
    current_status: str
    zh = "该认领不在待审核状态:{current_status}。"
    en = "The claim does not wait for a review: it is {current_status}."
    next_zh = "请刷新后查看处理结果。"
    next_en = "Reload it and see what was decided."


class ClaimEnded(Refusal):
    claim_id: str
    current_status: str
    zh = "该认领已经结束:{current_status}。"
    en = "The claim has ended: it is {current_status}."
    next_zh = "无需退出;如要参加,请重新认领。"
    next_en = "Nothing to withdraw; claim the offer again to take part."


class ClaimNotApproved(Refusal):
    claim_id: str
    current_status: str
    zh = "该认领未获批准或已结束:{current_status}。"
    en = "The claim is not approved, or no longer: it is {current_status}."
    next_zh = "请先由社区审核该认领;记录服务时也可不填认领编号。"
    next_en = "Have the claim approved first; a record may also leave the claim out."


class RecordDecided(Refusal):
    record_id: str
    current_status: str
    zh = "该服务记录已有结论:{current_status}。"
    en = "The record was decided already: it is {current_status}."
    next_zh = "请刷新后查看;如结论有误,请申请更正。"
    next_en = "Reload it; ask for a correction where the decision is wrong."


class OwnRecord(Refusal):
    zh = "不能见证或确认本人的服务记录。"
    en = "Nobody may vouch for or confirm the own service."
    next_zh = "请由社区的其他工作人员办理。"
    next_en = "Have another person of the community do it."


class SecondPersonRequired(Refusal):
    record_id: str
    zh = "该服务须由录入人以外的人确认。"
    en = "This record must be confirmed by somebody other than its recorder."
    next_zh = "请由社区的其他工作人员确认。"
    next_en = "Have another person of the community confirm it."


class NoAgreement(Refusal):
    unit_id: str
    community_code: str
    on: date
    zh = "{on} 该单位与该社区没有有效的共建协议。"
    en = "The unit has no agreement with this community in force on {on}."
    next_zh = "请先签订协议,或改为协议期内的日期;刚签订的协议几秒钟后生效。"
    next_en = "Sign an agreement first, or choose a day of its term; a new one takes effect within seconds."


class NotAnActivity(Refusal):
    offer_id: str
    kind: str
    zh = "该事项不是活动:{kind}。"
    en = "The offer is no activity, it is a {kind}."
    next_zh = "请核对编号;签到和举办仅适用于活动。"
    next_en = "Check the id; only activities are held and attended."


class NotAPairing(Refusal):
    claim_id: str
    kind: str
    zh = "该认领不是结对帮扶:{kind}。"
    en = "The claim is no pairing, it is of a {kind}."
    next_zh = "请核对编号;走访记录和结对结束仅适用于结对帮扶。"
    next_en = "Check the id; only pairings are followed up and completed."


class NotAWish(Refusal):
    offer_id: str
    kind: str
    zh = "该事项不是微心愿:{kind}。"
    en = "The offer is no wish, it is a {kind}."
    next_zh = "请核对编号。"
    next_en = "Check the id."


class NotATeam(Refusal):
    offer_id: str
    kind: str
    zh = "该事项不是服务队:{kind}。"
    en = "The offer is no team, it is a {kind}."
    next_zh = "请核对编号。"
    next_en = "Check the id."


class LeaderNotInTeam(Refusal):
    member_id: str
    zh = "该党员不是本队队员。"
    en = "The member doesn't belong to the team."
    next_zh = "请先认领并通过审核,再任命为队长。"
    next_en = "Have the member join the team, with an approved claim, first."


class ActivityOver(Refusal):
    offer_id: str
    current_status: str
    zh = "该活动已经结束:{current_status}。"
    en = "The activity is over: it is {current_status}."
    next_zh = "请刷新后查看。"
    next_en = "Reload it."


class ActivityNotDue(Refusal):
    offer_id: str
    on: date
    zh = "活动日期 {on} 尚未到来。"
    en = "The activity's day, {on}, has not come yet."
    next_zh = "请在活动举办后登记。"
    next_en = "Say so once it has been held."


class ActivityNotHeld(Refusal):
    offer_id: str
    current_status: str
    zh = "活动尚未登记为已举办:{current_status}。"
    en = "The activity has not been held: it is {current_status}."
    next_zh = "请先登记活动已举办,再登记出席情况。"
    next_en = "Say that it was held first, then who attended."


class HoursOverCap(Refusal):
    period: str
    most: Decimal
    already: Decimal
    zh = "超过本地政策的时长上限({period}):最多 {most} 小时,已有 {already} 小时。"
    en = "Over the local policy's limit for the {period}: at most {most} hours, {already} are there already."
    next_zh = "请减少时长;如已有记录有误,请先退回或更正。"
    next_en = "Submit fewer hours; have an earlier record rejected or corrected where that one is wrong."


class OutsideWindow(Refusal):
    served_on: date
    days: int
    zh = "{served_on} 的服务已超过补报期限:须在 {days} 天内提交。"
    en = "The service of {served_on} is told too late: within {days} days, says the local policy."
    next_zh = "请联系社区说明情况。"
    next_en = "Explain it to the community."


class PolicyEnded(Refusal):
    policy_id: str
    on: date
    zh = "该政策已于 {on} 结束。"
    en = "The policy ends on {on} already."
    next_zh = "无需再次结束;可设置新的政策。"
    next_en = "Nothing to end; set another policy instead."


class StepNotPossible(Refusal):
    id: str
    current_status: str
    zh = "当前状态不能进行此操作:{current_status}。"
    en = "That step does not follow from its status: {current_status}."
    next_zh = "请刷新后查看进展。"
    next_en = "Reload it and see how far it is."


class OwnResolution(Refusal):
    zh = "办理人不能确认自己的办理结果。"
    en = "Who resolved a problem can't confirm that it is solved."
    next_zh = "请由反映人确认;反映人不是党员的,由社区的其他工作人员确认。"
    next_en = "Have the reporter confirm it, or another person of the community where no member reported it."


class NotTheReporter(Refusal):
    member_id: str
    zh = "问题由党员 {member_id} 反映,只能由本人确认已解决。"
    en = "Member {member_id} reported this problem: nobody else confirms that it is solved."
    next_zh = "请由反映人确认;未确认的,仍按已办结统计。"
    next_en = "Have the reporter confirm it. Without that it counts as resolved all the same."


class NotOfThisAgreement(Refusal):
    project_id: str
    agreement_id: str
    zh = "该项目不属于此单位与此社区的协议。"
    en = "The project doesn't belong to the agreement between this unit and community."
    next_zh = "请核对项目、单位和社区。"
    next_en = "Check the project, the unit and the community."


class SupportReversed(Refusal):
    support_id: str
    by_id: str
    zh = "该支持条目已被冲销:{by_id}。"
    en = "The entry was taken back already, by {by_id}."
    next_zh = "无需再次冲销;正确的支持请重新登记。"
    next_en = "Nothing to take back; enter what is right as support of its own."


class NotForBeneficiary(Refusal):
    offer_id: str
    kind: str
    zh = "仅微心愿和结对帮扶有受助人,该事项为:{kind}。"
    en = "Only wishes and pairing needs have a beneficiary; this is a {kind}."
    next_zh = "请核对编号。"
    next_en = "Check the id."


class IdentityInPublicText(Refusal):
    zh = "公开内容中含有受助人的姓名、电话或住址。"
    en = "The public text tells the name, phone or address of whom it is for."
    next_zh = "请将公开内容改为不含身份信息的文字(editOffer),再登记受助人。"
    next_en = "Put it in words that don't tell who it is (editOffer); a beneficiary is recorded after that."


class BeneficiaryErased(Refusal):
    offer_id: str
    erased_on: date
    zh = "受助人信息已于 {erased_on} 删除。"
    en = "The beneficiary's identity was erased on {erased_on}."
    next_zh = "如需求仍在,请社区重新登记。"
    next_en = "If the need still exists, have the community record it anew."


class CodeWrong(Refusal):
    tries_left: int
    zh = "确认码不正确,还可尝试 {tries_left} 次。"
    en = "That is not the code; {tries_left} tries are left."
    next_zh = "请向受助人核对后重新输入。"
    next_en = "Ask the beneficiary for it again."


class CodeUsed(Refusal):
    used_on: date
    zh = "该确认码已于 {used_on} 使用。"
    en = "The code was used on {used_on}; each is good for one service."
    next_zh = "再次服务须由社区重新发放确认码。"
    next_en = "For another service have the community issue another code."


class CodeExpired(Refusal):
    expired_on: date
    zh = "确认码已于 {expired_on} 失效。"
    en = "The code expired on {expired_on}."
    next_zh = "请社区重新发放确认码。"
    next_en = "Have the community issue another code."


class CodeLocked(Refusal):
    tries: int
    zh = "确认码已连续输错 {tries} 次,不再有效。"
    en = "The code was told wrongly {tries} times and is no longer good."
    next_zh = "请社区重新发放确认码,或由社区走访确认。"
    next_en = "Have the community issue another code, or confirm by a visit."


class NotAttended(Refusal):
    record_id: str
    zh = "社区尚未登记该党员当日出席此活动。"
    en = "The community has not said that the member attended this activity on that day."
    next_zh = "请先由社区登记出席情况。"
    next_en = "Have the community take attendance first."


class NothingToCertify(Refusal):
    starts_on: date
    ends_on: date
    zh = "{starts_on} 至 {ends_on} 该党员在本社区没有已确认的服务记录。"
    en = "This community confirmed no service of the member between {starts_on} and {ends_on}."
    next_zh = "请核对期间;其他社区的服务由该社区出具证明。"
    next_en = "Check the period; what another community recorded, that one certifies."


class CertificateRevoked(Refusal):
    number: str
    zh = "服务证明 {number} 已撤销。"
    en = "Service certificate {number} is revoked already."
    next_zh = "无需再次撤销;可重新出具。"
    next_en = "Nothing to revoke; issue another one instead."
