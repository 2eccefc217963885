"""What the command loop tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("till_commands_total", "Commands by what became of them.", ["command", "outcome"])
CONFLICTS = Counter("till_command_conflicts_total", "Batches that had to be decided again under the lock.", ["reason"])
BATCH_SIZE = Histogram("till_command_batch_size", "Commands per commit.", buckets=(1, 2, 4, 8, 16, 32, 64))
BATCH_SECONDS = Histogram(
    "till_command_batch_seconds",
    "From taking a batch to its outcomes.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)
QUEUE = Gauge("till_command_queue", "Commands waiting for the loop.", multiprocess_mode="livesum")
