"""What the bus counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

DISPATCHED = Counter("huijia_outbox_dispatched_total", "Events confirmed by the broker", ["source"])
UNROUTABLE = Counter("huijia_outbox_unroutable_total", "Publishes that no queue took; rows stay pending", ["source"])
PENDING = Gauge("huijia_outbox_pending", "Events stored and not yet dispatched (counted up to 10,000)", ["source"])
OLDEST = Gauge("huijia_outbox_oldest_seconds", "Age of the oldest event not yet dispatched", ["source"])
APPLIED = Counter("huijia_consumer_applied_total", "Events whose effects were committed", ["service", "lane"])
DUPLICATES = Counter("huijia_consumer_duplicates_total", "Events that had their effects before", ["service", "lane"])
RETRIES = Counter("huijia_consumer_retries_total", "Events sent to a delay tier", ["service", "lane"])
DEAD = Counter("huijia_consumer_dead_total", "Events sent to the dead letters", ["service", "lane"])
BATCH = Histogram(
    "huijia_consumer_batch_events", "Events applied in one transaction", ["service"], buckets=(1, 4, 16, 64, 128, 256)
)
LAG = Histogram(
    "huijia_consumer_lag_seconds",
    "From the time of the oldest event of a batch to the commit of its effects",
    ["service"],
    buckets=(0.05, 0.2, 1, 5, 30, 120, 600, 3600),
)
LISTENING = Gauge("huijia_listening", "Subscribers that listen to facts in this process", ["service"])
