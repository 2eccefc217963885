"""docker-compose.yml keeps its rules, and each rule notices a breach."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infrastructure.postgres.server_files import SERVER_VERSION
from infrastructure.setting_table import VARIABLES
from infrastructure.settings import load
from tests.support.compose import EXAMPLE, ROOT, Missing, Parsed, filled, parsed, services, variables
from tests.support.compose_rules import RULES, Rule

BY_NAME = {rule.__name__: rule for rule in RULES}
GONE = object()


def breached(where: str, value: object) -> Parsed:
    """The file with one value replaced, or taken out."""
    broken: Parsed = msgspec.json.decode(msgspec.json.encode(parsed()))  # nothing shared between services
    place: Any = broken["services"]
    *way, last = where.split("/")
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return broken


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_file_keeps_its_rules(rule: Rule) -> None:
    assert list(rule(services(parsed()))) == []


@pytest.mark.parametrize(
    ("rule", "where", "value"),
    [
        ("contained", "relay/user", "root"), ("contained", "postgres/user", "0:0"),
        ("contained", "kafka/read_only", False), ("contained", "api/tmpfs", ["/data"]),
        ("contained", "redis/cap_drop", ["NET_RAW"]), ("contained", "relay/cap_add", ["SYS_ADMIN"]),
        ("contained", "gateway/security_opt", []),
        ("bounded", "relay/deploy/resources/limits/memory", "0"), ("bounded", "api/deploy/resources/limits/cpus", "64"),
        ("bounded", "kafka/deploy/resources/limits/pids", -1), ("bounded", "execute/logging", {"driver": "json-file"}),
        ("kept_running", "api/healthcheck", GONE), ("kept_running", "relay/restart", "no"),
        ("kept_running", "migrate/restart", "always"), ("kept_running", "postgres/stop_grace_period", "1s"),
        ("kept_running", "redis/healthcheck/test", ["NONE"]),
        ("probed", "api/healthcheck/test", ["CMD", "true"]), ("probed", "relay/expose", ["9101"]),
        ("probed", "project-carts/command", ["till", "project", "carts", "--metrics-port", "9101"]),
        ("probed", "api/environment/PORT", "8001"),
        ("complete", "project-carts", GONE), ("complete", "process-refunds", GONE), ("complete", "api-payments", GONE),
        ("complete", "project-carts/command", ["till", "project", "baskets"]),
        ("complete", "api-payments/environment/API_CONTEXTS", "ordering"), ("complete", "relay/deploy/replicas", 1),
        ("understood", "api/command", ["till", "api", "--workers", "4"]),
        ("understood", "api/command", ["till", "web"]),
        ("understood", "migrate/command", ["migrate", "now"]), ("understood", "api/environment/API_CONTEXT", "all"),
        ("ordered", "api/depends_on/migrate", GONE), ("ordered", "relay/depends_on/topics", GONE),
        ("ordered", "relay/depends_on/migrate/condition", "service_started"),
        ("ordered", "postgres/healthcheck", GONE), ("ordered", "kafka", GONE),
        ("enclosed", "api/ports", ["8000:8000"]), ("enclosed", "postgres/ports", ["127.0.0.1:5432:5432"]),
        ("enclosed", "redis/networks", ["limits", "data"]), ("enclosed", "api/networks", ["edge", "data"]),
        ("enclosed", "relay/networks", ["data", "stream", "outwards"]), ("enclosed", "execute/networks", ["data"]),
        ("exact", "kafka/image", "apache/kafka:latest"), ("exact", "redis/image", "redis"),
        ("exact", "relay/build", "."), ("exact", "postgres/image", "postgres:18"),
    ],
)  # fmt: skip
def test_a_breach_is_noticed(rule: str, where: str, value: object) -> None:
    faults = list(BY_NAME[rule](services(breached(where, value))))
    assert any(where.partition("/")[0] in fault or rule in {"complete", "exact"} for fault in faults), faults


@pytest.mark.parametrize("lacking", ["user", "read_only", "deploy", "logging", "stop_grace_period", "restart"])
def test_what_every_service_has_to_say_cannot_be_left_out(lacking: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=lacking):
        services(breached(f"redis/{lacking}", GONE))


@pytest.mark.parametrize("name", EXAMPLE)
def test_a_secret_that_was_not_given_is_asked_for_by_name(name: str) -> None:
    with pytest.raises(Missing, match=f"set {name} in .env"):
        services(parsed(), {**EXAMPLE, name: ""})


def test_every_process_of_ours_takes_its_environment(tmp_path: Path) -> None:
    for service in services(parsed()).values():
        if service.ours:
            assert load(service.environment, directory=tmp_path).settings.distributed


def test_what_is_not_given_is_as_the_settings_have_it() -> None:
    file = parsed()
    defaults = filled({**file["x-environment"], **file["x-api-environment"]}, EXAMPLE)
    own = {"LOG_FORMAT", "HOST", "RATE_LIMIT_STORAGE", "KAFKA_BOOTSTRAP_SERVERS"}
    for variable in VARIABLES:
        if variable.name in defaults and variable.default is not None and variable.name not in own:
            assert defaults[variable.name] == variable.default, variable.name


def test_the_example_names_every_variable_of_the_file() -> None:
    example = ROOT.joinpath(".env.example").read_text()
    named = set(re.findall(r"^# (\w+)=", example, re.MULTILINE))
    assert variables(parsed()) - named == set()


def test_two_networks_have_a_way_out_and_the_gateway_is_not_the_executors() -> None:
    networks = parsed()["networks"]
    assert [name for name, network in networks.items() if not (network or {}).get("internal")] == ["front", "outwards"]
    edge = networks["edge"]["ipam"]["config"][0]["subnet"]
    assert services(parsed())["api"].environment["TRUSTED_PROXIES"] == filled(edge, EXAMPLE)


def test_others_programs_are_of_the_versions_that_the_tests_run() -> None:
    images = {name: service.image for name, service in services(parsed()).items()}
    caddy = subprocess.run(
        [Path(sys.executable).with_name("caddy"), "version"], capture_output=True, text=True, check=True
    )
    assert images["gateway"] == f"caddy:{caddy.stdout.split()[0].removeprefix('v')}-alpine"
    assert images["postgres"].startswith(f"postgres:{SERVER_VERSION}.")
    pom = ROOT.joinpath("infrastructure/streaming/kafka/pom.xml").read_text()
    assert f"<kafka.version>{images['kafka'].partition(':')[2]}</kafka.version>" in pom
