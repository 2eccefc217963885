"""Topics have a partition per slot, keep records as long as the settings say, and are not touched where they do not."""

from contextlib import closing
from datetime import timedelta

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from domain.shared.category import Family
from infrastructure.streaming import topics
from infrastructure.streaming.clients import BrokersUnreachable
from infrastructure.streaming.message import topic_of
from infrastructure.streaming.topics import OtherPartitions, State, Topic, TopicsUnfit, check_topics, ensure_topics
from tests.support.system import eventually

WEEK = timedelta(days=7)


def ensured(
    broker: str, prefix: str, *, partitions: int = 4, replication: int = 1, retention: timedelta = WEEK
) -> list[Topic]:
    return ensure_topics(
        broker.split(","), prefix=prefix, partitions=partitions, replication=replication, retention=retention
    )


def states(topics: list[Topic]) -> dict[str, State]:
    return {topic.name: topic.state for topic in topics}


def config_of(broker: str, topic: str) -> dict[str, str]:
    with closing(KafkaAdminClient(bootstrap_servers=broker.split(","))) as admin:
        described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])["topic"][topic]
    return {key: each["value"] for key, each in described.items()}


def takes_effect(broker: str, topic: str, name: str, value: str) -> None:
    """Brokers hear of a change a moment after it was accepted."""
    eventually(f"{name} of {topic} to be {value}", lambda: config_of(broker, topic)[name] == value)


def test_every_family_gets_a_topic_with_a_partition_per_slot(broker: str, topic_prefix: str) -> None:
    found = ensured(broker, topic_prefix)
    assert [topic.name for topic in found] == [topic_of(family, prefix=topic_prefix) for family in Family]
    assert {(topic.partitions, topic.replication, topic.retention, topic.state) for topic in found} == {
        (4, 1, WEEK, State.CREATED)
    }
    check_topics(broker.split(","), prefix=topic_prefix, partitions=4)


def test_they_take_our_largest_event_and_lose_none_before_its_time(broker: str, topic_prefix: str) -> None:
    ensured(broker, topic_prefix)
    config = config_of(broker, f"{topic_prefix}.orders")
    assert config["retention.ms"] == str(7 * 24 * 3600 * 1000)
    assert config["max.message.bytes"] == str(2 * 1024 * 1024)
    assert config["min.insync.replicas"] == "1"
    assert config["message.timestamp.type"] == "LogAppendTime"


def test_a_second_time_changes_nothing(broker: str, topic_prefix: str) -> None:
    ensured(broker, topic_prefix)
    assert set(states(ensured(broker, topic_prefix)).values()) == {State.THERE}


def test_another_retention_is_brought_to_those_that_are_there(broker: str, topic_prefix: str) -> None:
    ensured(broker, topic_prefix)
    found = ensured(broker, topic_prefix, retention=timedelta(0))
    assert {(topic.state, topic.retention) for topic in found} == {(State.ALTERED, None)}
    takes_effect(broker, f"{topic_prefix}.orders", "retention.ms", "-1")


def test_only_what_differs_is_altered(broker: str, topic_prefix: str) -> None:
    ensured(broker, topic_prefix)
    orders = f"{topic_prefix}.orders"
    with closing(KafkaAdminClient(bootstrap_servers=broker.split(","))) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, orders, {"cleanup.policy": "compact"})])
    takes_effect(broker, orders, "cleanup.policy", "compact")
    found = states(ensured(broker, topic_prefix))
    assert {name for name, state in found.items() if state is State.ALTERED} == {orders}
    takes_effect(broker, orders, "cleanup.policy", "delete")


def test_one_that_was_missing_is_made_beside_the_others(broker: str, topic_prefix: str) -> None:
    ensured(broker, topic_prefix)
    orders = f"{topic_prefix}.orders"
    with closing(KafkaAdminClient(bootstrap_servers=broker.split(","))) as admin:
        admin.delete_topics([orders])
        eventually("the topic to be gone", lambda: orders not in admin.list_topics())
    with pytest.raises(TopicsUnfit, match=rf"topics are missing: {orders}; `till topics` makes them"):
        check_topics(broker.split(","), prefix=topic_prefix, partitions=4)
    found = states(ensured(broker, topic_prefix))
    assert {name for name, state in found.items() if state is State.CREATED} == {orders}


@pytest.mark.parametrize("partitions", [3, 8])
def test_another_number_of_partitions_is_refused_and_nothing_is_changed(
    broker: str, topic_prefix: str, partitions: int
) -> None:
    ensured(broker, topic_prefix)
    with pytest.raises(
        OtherPartitions, match=f"has 4 partitions, but a family's events queue up in {partitions} slots"
    ):
        ensured(broker, topic_prefix, partitions=partitions, retention=timedelta(0))
    with pytest.raises(OtherPartitions, match="has 4 partitions"):
        check_topics(broker.split(","), prefix=topic_prefix, partitions=partitions)
    assert set(states(ensured(broker, topic_prefix)).values()) == {State.THERE}


def test_more_copies_than_there_are_brokers_are_refused(broker: str, topic_prefix: str) -> None:
    with pytest.raises(TopicsUnfit, match=rf"{topic_prefix}\.orders cannot be made: .*9"):
        ensured(broker, topic_prefix, replication=9)


def test_brokers_that_are_away_are_named(topic_prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "ANSWER", 0.5)
    with pytest.raises(BrokersUnreachable, match=r"no broker answers at 127\.0\.0\.1:1"):
        check_topics(["127.0.0.1:1"], prefix=topic_prefix, partitions=4)
