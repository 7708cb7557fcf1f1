"""Set the profiles of communities. Setting the same again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import InvalidInput, Refusal
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.profiles import AMOUNTS, CommunityProfile, Means, new_profile
from registration.storage.collections import DIVISIONS, PROFILES
from registration.storage.holds import hold
from registration.use_cases.batches import Permit, decide_each

_MOST = 10**12


@dataclass(frozen=True, slots=True)
class SetProfile:
    community_code: str
    means: Means


async def set_profiles(work: Work, commands: Sequence[SetProfile], permit: Permit) -> list[CommunityProfile | Refusal]:
    """Refused: CommunityWithdrawn, NotFound (community), InvalidInput."""
    communities = await work.load(Division, DIVISIONS, [command.community_code for command in commands])
    profiles = await work.load(CommunityProfile, PROFILES, [command.community_code for command in commands])

    today = city_date(work.now)

    def decide(command: SetProfile) -> CommunityProfile:
        code = check_community_code(command.community_code, path="community_code")
        permit(Target(division=code))
        if code not in communities:
            raise no_such_division(code, path="community_code")
        communities[code].require_valid(today, path="community_code")
        _check(command.means)
        profile = profiles.get(code)
        if profile is None:
            profile = profiles[code] = new_profile(code, command.means, today)
            work.save(PROFILES, profile)
        elif profile.change(command.means, today):
            work.save(PROFILES, profile)
        return profile

    outcomes = decide_each(commands, decide)
    # Whoever takes a community over has its means, too: none may be set under a code that is being withdrawn.
    await hold(work, DIVISIONS, [one.id for one in outcomes if isinstance(one, CommunityProfile)])
    return outcomes


def _check(means: Means) -> None:
    for name in AMOUNTS:
        if not 0 <= getattr(means, name) <= _MOST:
            raise InvalidInput(path=name, reason_zh="应为非负数", reason_en="it can't be negative")
    for added, whole in (("added_funding", means.funding), ("added_premises", means.premises)):
        if getattr(means, added) > whole:
            raise InvalidInput(path=added, reason_zh="新增不能多于总数", reason_en="no more is added than there is")
