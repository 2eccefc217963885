"""docker-compose.yml as the tests see it: anchors resolved, variables filled in, one value per service."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
IMAGE = ROOT / "Dockerfile"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^}]*))?\}")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}

Parsed = dict[str, Any]

EXAMPLE: Mapping[str, str] = {
    "POSTGRES_PASSWORD": "hush",
    "JWT_SECRET": "s" * 43,
    "PII_MASTER_KEY": "A" * 43,
    "PAYMENT_GATEWAY": "simulated",
}
"""What has to be given."""


class Missing(Exception):
    """A variable that has to be given was not; the message is the file's own."""


def parsed() -> Parsed:
    """The file, with its variables as they stand there."""
    found: Parsed = yaml.safe_load(FILE.read_text())
    return found


def variables(value: Any) -> set[str]:
    """The names that a part of the file refers to."""
    match value:
        case str():
            return {found["name"] for found in VARIABLE.finditer(value)}
        case Mapping():
            return set().union(*map(variables, value.values()))
        case Sequence():
            return set().union(*map(variables, value))
        case _:
            return set()


def filled(value: Any, given: Mapping[str, str]) -> Any:
    """The same with the variables' values, as `docker compose` does it. Raises Missing."""
    match value:
        case str():
            return VARIABLE.sub(lambda found: _value(found, given), value)
        case Mapping():
            return {name: filled(each, given) for name, each in value.items()}
        case Sequence():
            return [filled(each, given) for each in value]
        case _:
            return value


def _value(found: re.Match[str], given: Mapping[str, str]) -> str:
    name, kind, rest = found["name"], found["kind"], found["rest"]
    text = given.get(name, "")
    if text or kind is None:
        return text
    if kind == ":?":
        raise Missing(rest)
    return str(rest)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cpus: str
    memory: str
    pids: int


class Resources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limits: Limits


class Deploy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    resources: Resources
    replicas: int = 1


class Dependency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    condition: str


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    test: tuple[str, ...]
    interval: str
    timeout: str
    retries: int
    start_period: str
    start_interval: str


class Service(msgspec.Struct, frozen=True):
    """What there is to know of one. A value that has another form than this is a fault too."""

    image: str
    user: str
    restart: str
    deploy: Deploy
    read_only: bool
    cap_drop: tuple[str, ...]
    security_opt: tuple[str, ...]
    tmpfs: tuple[str, ...]
    logging: dict[str, Any]
    stop_grace_period: str
    networks: tuple[str, ...]
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    healthcheck: Health | None = None
    depends_on: dict[str, Dependency] = {}
    profiles: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    build: str | None = None

    @property
    def ours(self) -> bool:
        """Whether it runs this project's image."""
        return self.image.startswith("tillstream:")

    @property
    def grace(self) -> float:
        """Seconds that it has to end in."""
        number, unit = re.fullmatch(r"(\d+)(ms|s|m)", self.stop_grace_period).groups()  # type: ignore[union-attr]
        return int(number) * SECONDS[unit]


def services(compose: Parsed, given: Mapping[str, str] = EXAMPLE) -> dict[str, Service]:
    """By name. Raises Missing, or msgspec.ValidationError for a service that lacks what every one has to say."""
    return msgspec.convert(filled(compose["services"], given), dict[str, Service])


def one_shots(found: Mapping[str, Service]) -> set[str]:
    """Those that others wait for until they have ended."""
    return {
        name
        for service in found.values()
        for name, dependency in service.depends_on.items()
        if dependency.condition == "service_completed_successfully"
    }


def image_environment() -> dict[str, str]:
    """What the image sets for every process of ours."""
    text = IMAGE.read_text().replace("\\\n", " ")
    last = text[text.rindex("FROM ") :]
    return dict(
        pair.partition("=")[::2] for line in re.findall(r"^ENV (.+)$", last, re.MULTILINE) for pair in line.split()
    )
