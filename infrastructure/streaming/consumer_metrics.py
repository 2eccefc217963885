"""What a consumer tells Prometheus, beside what every driver of projections tells."""

from prometheus_client import Counter, Gauge, Histogram

BATCHES = Histogram(
    "till_consumed_batch_records",
    "Records that were taken together, by projection.",
    ["projection"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
FAILURES = Counter(
    "till_consumer_failures_total", "Batches that the database failed, and that were tried again.", ["projection"]
)
DEAD_LETTERS = Counter("till_dead_letters_total", "Records that could not be read, by projection.", ["projection"])
FROM_LOG = Counter(
    "till_gap_events_total", "Events that Kafka did not bring and that were read from the log.", ["projection"]
)
WAITING = Gauge(
    "till_consumer_waiting",
    "1 while the projection waits for the database.",
    ["projection"],
    multiprocess_mode="livemax",
)
POSITION = Gauge(
    "till_projection_position", "Up to where the instance has everything.", ["schema"], multiprocess_mode="mostrecent"
)
