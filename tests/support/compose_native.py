"""Our services of docker-compose.yml as processes of this machine.

Each runs its exact command with its environment, that of the image, and no other. Only what Docker would give it is
different: names of hosts, ports, and the directories that it may write to.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.compose import Service, image_environment, one_shots
from tests.support.program import Running
from tests.support.system import eventually, free_port

UNITS = {"M": 1024**2, "G": 1024**3}
EVERYWHERE, HERE = "0.0.0.0", "127.0.0.1"
HEALTHY_SECONDS = 120.0


@dataclass(frozen=True)
class Replica:
    """One process of a service."""

    name: str
    service: Service
    port: str
    """Instead of the one that the service exposes."""
    environment: Mapping[str, str]
    process: Running
    home: Path
    """All that it may write to."""

    def healthy(self) -> bool:
        """By the service's own check. Raises AssertionError where the process has ended."""
        assert self.process.code is None, f"{self.name} ended with {self.process.code}\n{self.process.last_lines()}"
        assert self.service.healthcheck is not None
        command = [self.port if word in self.service.expose else word for word in self.service.healthcheck.test[1:]]
        asked = subprocess.run(
            command, env=self.environment, cwd=self.home, check=False, timeout=10, capture_output=True
        )
        return asked.returncode == 0

    @property
    def memory(self) -> float:
        """The share of its limit that it uses."""
        limit = self.service.deploy.resources.limits.memory
        return float(psutil.Process(self.process.pid).memory_info().rss / (int(limit[:-1]) * UNITS[limit[-1]]))

    def written(self) -> list[Path]:
        """What Docker would not let it write: all but the volumes that are mounted for it."""
        image_home = image_environment()["TILL_HOME"]
        places = [volume.split(":")[1] for volume in self.service.volumes]
        mounted = [self.home / Path(place).relative_to(image_home) for place in places]
        return [path for path in self.home.iterdir() if path not in mounted]


class NativeShop:
    """All of them, those of profiles too. `places` says where the servers are: `postgres:5432` is `127.0.0.1:40001`.

    Who shares no network with a server does not learn where it is.
    """

    def __init__(self, home: Path, services: Mapping[str, Service], *, places: Mapping[str, str]) -> None:
        self._home = home
        self._ours = {name: service for name, service in services.items() if service.ours}
        self._once = one_shots(services)
        self._places = places
        self._networks = {name: set(service.networks) for name, service in services.items()}
        self.replicas: list[Replica] = []

    def run_once(self, name: str) -> None:
        """To its end, which has to be a good one."""
        with self._started(name, self._ours[name]) as replica:
            code = replica.process.ended(seconds=HEALTHY_SECONDS)
            assert code == 0, f"{name} ended with {code}\n{replica.process.last_lines()}"
            assert replica.written() == []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything that stays, as often as the file says, each found healthy."""
        with ExitStack() as stack:
            for name, service in self._ours.items():
                if name not in self._once:
                    for number in range(1, service.deploy.replicas + 1):
                        self.replicas.append(stack.enter_context(self._started(f"{name}-{number}", service)))
            for replica in self.replicas:
                eventually(f"{replica.name} healthy", replica.healthy, seconds=HEALTHY_SECONDS)
            yield

    def stop(self) -> dict[str, int]:
        """SIGTERM for all at once; their codes, of all that ended within the time that the file gives them."""
        for replica in self.replicas:
            replica.process.ask_to_stop()
        return {each.name: each.process.ended(seconds=each.service.grace) for each in self.replicas}

    def urls(self, name: str) -> list[str]:
        """Of a service's replicas."""
        return [f"http://{HERE}:{each.port}" for each in self.replicas if each.service is self._ours[name]]

    @contextmanager
    def _started(self, name: str, service: Service) -> Iterator[Replica]:
        port, home = str(free_port()), self._home / name
        home.mkdir()
        command = [port if word in service.expose else word for word in service.command]
        environment = self._environment(service, port, home)
        with Running(name, command, environment=environment, home=home, logs=self._home) as process:
            yield Replica(name, service, port, environment, process, home)

    def _environment(self, service: Service, port: str, home: Path) -> dict[str, str]:
        image_home = image_environment()["TILL_HOME"]

        def here(value: str) -> str:
            for host, place in self._places.items():
                if self._networks[host.partition(":")[0]].intersection(service.networks):
                    value = value.replace(host, place)
            if value.startswith(f"{image_home}/"):
                return value.replace(image_home, str(home), 1)
            return port if value in service.expose else HERE if value == EVERYWHERE else value

        found = {name: here(value) for name, value in (image_environment() | service.environment).items()}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
        return found | {"PATH": path, "TILL_HOME": str(home), "HOME": "/nonexistent", "TMPDIR": str(self._home)}
