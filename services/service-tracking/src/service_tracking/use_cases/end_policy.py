"""End a policy: what is inherited holds again after that day."""

from datetime import date

from servicekit.storage.work import Work

from service_tracking.domain.policy import Policy
from service_tracking.storage.collections import POLICIES
from service_tracking.use_cases.rows import found


async def end_policy(work: Work, policy_id: str, ends_on: date) -> Policy:
    """Raises NotFound, PolicyEnded, InvalidInput."""
    policies = await work.load(Policy, POLICIES, [policy_id])
    policy = found(policies, policy_id, path="policy_id", what_zh="政策", what_en="policy")
    policy.end(ends_on)
    work.save(POLICIES, policy)
    return policy
