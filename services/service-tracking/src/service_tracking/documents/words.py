"""Words for people, on papers and pages."""

from service_tracking.domain.service import Vanguard

VANGUARDS = {
    Vanguard.MODEL_RESIDENT: "模范居民",
    Vanguard.OPINION_GATHERING: "民情收集",
    Vanguard.POLICY_OUTREACH: "政策宣传",
    Vanguard.MEDIATION: "矛盾调解",
    Vanguard.VOLUNTEERING: "志愿服务",
}
