"""Prometheus metrics of the gateway. Operation names come from clients, so only so many are told apart."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
MAX_NAMES = 200
LONGEST_NAME = 100

REQUESTS = Counter("gateway_requests_total", "GraphQL requests by outcome.", ("outcome",))
ERRORS = Counter("gateway_errors_total", "Errors in answers by code.", ("code",))
DURATIONS = Histogram("gateway_request_seconds", "Time from request to answer.", ("operation",), buckets=BUCKETS)
SUBREQUESTS = Histogram(
    "gateway_subrequest_seconds", "Time of a request to a subgraph.", ("subgraph",), buckets=BUCKETS
)
SHARED = Counter("gateway_shared_fetches_total", "Fetches answered by an identical one in flight.", ("subgraph",))
RATE_LIMITED = Counter("gateway_rate_limited_total", "Requests refused because there were too many.", ("counted_by",))
CONNECTIONS_DROPPED = Counter("gateway_connections_dropped_total", "Connections dropped to make room for others.")
SUBSCRIPTIONS = Gauge("gateway_subscriptions", "Subscriptions that are held now.")
SUBSCRIPTION_EVENTS = Counter("gateway_subscription_events_total", "Events told to subscribers.", ("outcome",))
SUBSCRIPTION_ENDS = Counter("gateway_subscription_ends_total", "Subscriptions that ended, by reason.", ("reason",))
CIRCUITS = Gauge("gateway_circuit_open", "1 while a subgraph that failed repeatedly is left alone.", ("subgraph",))
RELOADS = Counter("gateway_supergraph_reloads_total", "Changes of the supergraph file by outcome.", ("outcome",))
PLANS = Histogram("gateway_plan_seconds", "Time to plan an operation that wasn't cached.", buckets=BUCKETS)


class BoundedNames:
    """The first names keep their own label, all later ones share `other`."""

    def __init__(self, limit: int = MAX_NAMES) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def label(self, name: str) -> str:
        name = name[:LONGEST_NAME]
        if name in self._known:
            return name
        if len(self._known) >= self._limit:
            return "other"
        self._known.add(name)
        return name
