"""What the relay tells Prometheus. Those that stand by tell nothing of positions: their place is not the log's."""

import math

from prometheus_client import Counter, Gauge

POSITION = Gauge("till_relay_position", "Last position that is safely in Kafka.", multiprocess_mode="mostrecent")
LAG = Gauge("till_relay_lag", "Events of the log that are not in Kafka yet.", multiprocess_mode="mostrecent")
SENT = Counter("till_relay_messages_total", "Messages acknowledged, by topic; repeats count again.", ["topic"])
FAILURES = Counter("till_relay_send_failures_total", "Batches that failed or were overdue, and were sent again.")
LEADING = Gauge("till_relay_leading", "1 where this process leads, 0 where it stands by.", multiprocess_mode="livesum")


def standing_by() -> None:
    LEADING.set(0)
    POSITION.set(math.nan)
    LAG.set(math.nan)


def moved(position: int, head: int) -> None:
    """The leader is at `position`, and the log at `head`."""
    LEADING.set(1)
    POSITION.set(position)
    LAG.set(max(0, head - position))
