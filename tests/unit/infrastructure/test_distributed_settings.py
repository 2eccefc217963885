"""What is said of brokers, topics, contexts and the counting of limits."""

from datetime import timedelta
from pathlib import Path

import pytest

from infrastructure.settings import Settings, SettingsInvalid, load


def settings(directory: Path, **environment: str) -> Settings:
    return load({"TILL_HOME": str(directory / "home"), **environment}, directory=directory).settings


def test_left_alone_a_process_serves_everything_and_needs_nobody(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert not found.distributed
    assert (found.kafka_bootstrap_servers, found.api_contexts) == ((), ())
    assert (found.kafka_topic_prefix, found.kafka_replication) == ("commerce", 1)
    assert found.kafka_retention == timedelta(days=7)
    assert found.rate_limit_storage == "memory://"


def test_brokers_make_it_distributed(tmp_path: Path) -> None:
    found = settings(tmp_path, KAFKA_BOOTSTRAP_SERVERS="kafka-1:9092, 10.0.0.2:9092 ,[::1]:65535,")
    assert found.distributed
    assert found.kafka_bootstrap_servers == ("kafka-1:9092", "10.0.0.2:9092", "[::1]:65535")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("payments", ("payments",)),
        ("catalogue, inventory", ("catalogue", "inventory")),
        ("all", ()),
        (",", ()),
    ],
)
def test_contexts_are_named(tmp_path: Path, text: str, meant: tuple[str, ...]) -> None:
    assert settings(tmp_path, API_CONTEXTS=text).api_contexts == meant


@pytest.mark.parametrize(
    "text",
    [
        "memory://",
        "redis://redis",
        "redis://redis:6379/0",
        "rediss://:hush@redis.example:6380/15?ssl_cert_reqs=required",
        "redis://[::1]:6379/",
    ],
)
def test_limits_are_counted_here_or_in_redis(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, RATE_LIMIT_STORAGE=text).rate_limit_storage == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("API_CONTEXTS", "shipping"), ("API_CONTEXTS", "Accounts"), ("API_CONTEXTS", "all,accounts"),
        ("API_CONTEXTS", "accounts;payments"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka"), ("KAFKA_BOOTSTRAP_SERVERS", "kafka:0"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka:65536"), ("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092 other:9092"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka://kafka:9092"), ("KAFKA_BOOTSTRAP_SERVERS", "kafka:²"),
        ("KAFKA_TOPIC_PREFIX", "1commerce"), ("KAFKA_TOPIC_PREFIX", "a/b"), ("KAFKA_TOPIC_PREFIX", "a" * 101),
        ("KAFKA_TOPIC_PREFIX", "käse"),
        ("KAFKA_REPLICATION", "0"), ("KAFKA_REPLICATION", "10"),
        ("KAFKA_RETENTION", "7"), ("KAFKA_RETENTION", "-1d"),
        ("RATE_LIMIT_STORAGE", "memory"), ("RATE_LIMIT_STORAGE", "redis://"), ("RATE_LIMIT_STORAGE", "REDIS://redis"),
        ("RATE_LIMIT_STORAGE", "redis://redis:0"), ("RATE_LIMIT_STORAGE", "redis://redis:port"),
        ("RATE_LIMIT_STORAGE", "redis://redis/zero"), ("RATE_LIMIT_STORAGE", "redis://[::1"),
        ("RATE_LIMIT_STORAGE", "memcached://redis"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        settings(tmp_path, **{name: text})
    assert [problem.split(":")[0] for problem in raised.value.problems] == [name]


def test_an_unknown_context_is_told_which_ones_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"contexts out of accounts, catalogue, .*, payments"):
        settings(tmp_path, API_CONTEXTS="accounts,shipping")


def test_the_password_of_redis_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        settings(tmp_path, RATE_LIMIT_STORAGE="redis://:hush@redis:port")
    assert "hush" not in str(raised.value)
