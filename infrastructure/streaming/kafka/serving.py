"""Whether a broker serves, asked in its own protocol."""

import socket

from kafka import KafkaAdminClient
from kafka.errors import KafkaError


def serving_cluster(bootstrap: str) -> str | None:
    """The id of the cluster that serves there, or None where none does."""
    servers = [server for server in bootstrap.split(",") if _listens(server)]
    if not servers:
        return None
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


def _listens(server: str) -> bool:
    """Asked first, because the client logs each refusal and leaves its socket open."""
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=2).close()
    except OSError:
        return False
    return True
