"""Rate limits: a token bucket for each principal, and for each address that anonymous requests come from.

Buckets are this process's own: N gateways admit N times as much. At most 20,000 are kept; beyond that the one used
least recently is forgotten, and begins anew full.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from gateway.cache import Cache
from gateway.calls import Call
from gateway.metrics import RATE_LIMITED
from gateway.refusals import Refused
from gateway.settings import Settings

KEPT_BUCKETS = 20_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` requests in the long run, `burst` at once; no limit at 0."""

    per_second: float
    burst: int


class RateLimits:
    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._principals = Rate(settings.requests_per_second, settings.request_burst)
        self._anonymous = Rate(settings.anonymous_requests_per_second, settings.anonymous_request_burst)
        self._buckets: Cache[str, _Bucket] = Cache(KEPT_BUCKETS)
        self._clock = clock

    def take(self, call: Call) -> None:
        """Raises `Refused` (429) with the seconds until the next request is welcome."""
        rate = self._principals if call.principal.authenticated else self._anonymous
        if rate.per_second <= 0:
            return
        now = self._clock()
        bucket = self._buckets.get(call.who) or _Bucket(rate.burst, now)
        bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.filled_at) * rate.per_second)
        bucket.filled_at = now
        self._buckets.put(call.who, bucket)
        if bucket.tokens < 1:
            RATE_LIMITED.labels("principal" if call.principal.authenticated else "address").inc()
            raise _too_many(ceil((1 - bucket.tokens) / rate.per_second))
        bucket.tokens -= 1


def _too_many(seconds: int) -> Refused:
    message = f"Too many requests; wait {seconds} s. / 请求过于频繁,请 {seconds} 秒后重试。"
    return Refused("RATE_LIMITED", message, 429, {"retryAfter": seconds}, well_formed=False, retry_after=seconds)
