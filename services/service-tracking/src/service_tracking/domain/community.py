"""Communities are known here by their division code only."""

import re

from servicekit.domain import InvalidInput

_COMMUNITY_CODE = re.compile(r"[0-9]{12}")


def checked_community(code: str) -> str:
    """`code` when it is a community's twelve digits. Raises InvalidInput."""
    if not _COMMUNITY_CODE.fullmatch(code):
        raise InvalidInput(
            path="community_code",
            reason_zh="社区代码须为 12 位数字",
            reason_en="a community's code has twelve digits",
        )
    return code


def lane_of(community: str) -> str:
    """The lane that everything born in this community belongs to: its county."""
    return community[:6]
