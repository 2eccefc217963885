"""What a Kafka of one node is set to, and where it keeps its things."""

import base64
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

from infrastructure.streaming.kafka.ports import HOST, free_ports, is_free

LARGEST_MESSAGE = 2 * 1024 * 1024

ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(LARGEST_MESSAGE),
    "replica.fetch.max.bytes": str(LARGEST_MESSAGE),
    # A node that was killed may register again only when its former session has run out: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
}
"""One copy of every internal topic; a group's first member waits for no others; no topic comes of a typing error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """For clients, and for the controller that the node runs beside the broker."""

    client: int
    controller: int

    @classmethod
    def choose(cls) -> Self:
        client, controller = free_ports(2)
        return cls(client=client, controller=controller)

    def free(self) -> bool:
        return is_free(self.client) and is_free(self.controller)

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.client}"


def settings(ports: Ports, data: Path) -> Mapping[str, str]:
    """For a node that nobody reaches but this machine."""
    return ONE_NODE | {
        "listeners": f"PLAINTEXT://{HOST}:{ports.client},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{ports.client}",
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "log.dirs": str(data),
    }


def new_cluster_id() -> str:
    """A UUID as Kafka writes it, and not one that a command line would take for an option."""
    while (text := base64.urlsafe_b64encode(uuid4().bytes)[:22].decode("ascii")).startswith("-"):
        continue
    return text


@dataclass(frozen=True, slots=True)
class NodeFiles:
    """The layout under one root."""

    root: Path

    @property
    def data(self) -> Path:
        """Topics and metadata. There as soon as it is formatted."""
        return self.root / "data"

    def discard_unfinished(self) -> Path:
        """A path to format; what a broken first start left there is removed."""
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        return fresh

    def cluster_id(self) -> str:
        """That the directory was formatted for."""
        lines = (self.data / "meta.properties").read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix("cluster.id=") for line in lines if line.startswith("cluster.id="))

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def lock(self) -> Path:
        """Held by the process whose node it is."""
        return self.root / "lock"

    def write_settings(self, values: Mapping[str, str]) -> Path:
        """The file that Kafka reads. In a properties file a backslash escapes."""
        path = self.root / "server.properties"
        lines = (f"{name}={value}".replace("\\", "\\\\") for name, value in values.items())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def remember(self, ports: Ports) -> None:
        self._ports.write_text(f"{ports.client} {ports.controller}\n")

    def remembered(self) -> Ports | None:
        """The ports it was last reached at."""
        try:
            client, controller = map(int, self._ports.read_text().split())
        except (FileNotFoundError, ValueError):
            return None
        return Ports(client=client, controller=controller)

    @property
    def _ports(self) -> Path:
        return self.root / "ports"

    def log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def said(self, *, since: int = 0, lines: int = 15) -> str:
        """The last lines of the log, from this byte on."""
        with self.log.open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])
