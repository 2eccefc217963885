"""What the drivers of projections tell Prometheus."""

from prometheus_client import Counter, Gauge

EVENTS = Counter("till_projected_events_total", "Events applied, by projection.", ["projection"])
POISONED = Counter("till_poison_events_total", "Events that stopped a slot, by projection.", ["projection"])
BEHIND = Gauge(
    "till_projection_lag", "Events that the instance has not read yet.", ["schema"], multiprocess_mode="mostrecent"
)
