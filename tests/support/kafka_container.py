"""Apache Kafka's own image as one node, by testcontainers."""

import shutil
import subprocess
from collections.abc import Mapping
from typing import Self

from testcontainers.core.container import DockerContainer

from infrastructure.streaming.kafka.jars import kafka_version
from infrastructure.streaming.kafka.node import ONE_NODE

IMAGE = f"apache/kafka:{kafka_version()}"
CLIENTS, BROKERS, CONTROLLERS = 9092, 9093, 9094
ADDRESS = "/tmp/advertised"
WAIT_FOR_ADDRESS = (
    f"until [ -s {ADDRESS} ]; do sleep 0.1; done; "
    f'export KAFKA_ADVERTISED_LISTENERS="$(cat {ADDRESS})"; exec /etc/kafka/docker/run'
)
"""Which port of the host is ours is known only after the container's start, and a broker has to tell its clients."""
PULL_SECONDS = 600


def environment() -> Mapping[str, str]:
    """The settings of a local node, as the image takes them."""
    settings = ONE_NODE | {
        "listeners": f"PLAINTEXT://:{CLIENTS},BROKER://:{BROKERS},CONTROLLER://:{CONTROLLERS}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.quorum.voters": f"1@localhost:{CONTROLLERS}",
    }
    return {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in settings.items()} | {
        "KAFKA_HEAP_OPTS": "-Xmx512m"
    }


class KafkaContainer(DockerContainer):
    """Runs while the block lasts."""

    def __init__(self) -> None:
        super().__init__(IMAGE, env=dict(environment()), ports=[CLIENTS], entrypoint="sh")
        self.with_command(["-c", WAIT_FOR_ADDRESS])

    def start(self) -> Self:
        super().start()
        advertised = f"PLAINTEXT://{self.bootstrap},BROKER://localhost:{BROKERS}"
        self.copy_into_container(advertised.encode(), ADDRESS)
        return self

    @property
    def bootstrap(self) -> str:
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(CLIENTS)}"


def hindrance() -> str | None:
    """Why Docker gives us no broker; None where its engine answers and the image is there, or could be had."""
    program = shutil.which("docker")
    if program is None:
        return "there is no docker"
    if _failure(program, "version", seconds=20):
        return "no Docker engine answers"
    if _failure(program, "image", "inspect", IMAGE, seconds=20):
        said = _failure(program, "pull", "--quiet", IMAGE, seconds=PULL_SECONDS)
        return f"Docker could not pull {IMAGE}: {said}" if said else None
    return None


def _failure(*command: str, seconds: float) -> str | None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds)
    except subprocess.CalledProcessError as failed:
        return str(failed.stderr).strip() or f"exit code {failed.returncode}"
    except subprocess.TimeoutExpired:
        return f"no answer in {seconds:g} s"
    return None
