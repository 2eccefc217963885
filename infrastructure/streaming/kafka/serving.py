"""Whether a broker serves, asked in its own protocol."""

from kafka import KafkaAdminClient
from kafka.errors import KafkaError


def serving_cluster(bootstrap: str) -> str | None:
    """The id of the cluster that serves there, or None where none does."""
    servers = bootstrap.split(",")
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=2_000, request_timeout_ms=5_000)
    except KafkaError:
        return None
    try:
        found = admin.describe_cluster()
    except KafkaError:
        return None
    else:
        # A fenced broker answers, and leads no partition.
        return str(found["cluster_id"]) if any(not each.get("is_fenced") for each in found["brokers"]) else None
    finally:
        admin.close()
