"""A Kafka of our own: durable, at one address, killed and frozen at will, gone with its parent."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from infrastructure.streaming.kafka.serving import serving_cluster
from infrastructure.streaming.local_kafka import LocalKafka, LocalKafkaFailed
from tests.support.broker import NoBroker, leave_out, own_kafka
from tests.support.system import eventually

LARGE = bytes(2 * 1024 * 1024 - 1024)
ORPHAN = """
import sys
from pathlib import Path
from infrastructure.streaming.local_kafka import LocalKafka
kafka = LocalKafka(Path(sys.argv[1]))
kafka.start()
kafka.freeze()
print(kafka.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One for the whole module; each test leaves it running."""
    try:
        with own_kafka(tmp_path_factory.mktemp("local") / "kafka") as running:
            yield running
    except NoBroker as reason:
        leave_out(str(reason))


@pytest.fixture
def topic(kafka: LocalKafka, topic_prefix: str) -> str:
    """A new one of one partition."""
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        admin.create_topics([NewTopic(topic_prefix, num_partitions=1, replication_factor=1)])
    return topic_prefix


def topics(kafka: LocalKafka) -> Sequence[str]:
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        return list(admin.list_topics())


def produce(kafka: LocalKafka, topic: str, *values: bytes) -> None:
    """Returns when each is acknowledged."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", max_request_size=2 * 1024 * 1024)
    with closing(producer):
        for sent in [producer.send(topic, value) for value in values]:
            sent.get(timeout=30)


def stored(kafka: LocalKafka, topic: str) -> Sequence[bytes]:
    """Every value of the topic's one partition."""
    partition = TopicPartition(topic, 0)
    with closing(KafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")) as consumer:
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        values: list[bytes] = []
        while consumer.position(partition) < end:
            values += [record.value for record in consumer.poll(1000).get(partition, [])]
        return values


def test_a_stop_keeps_its_topics_and_its_address(kafka: LocalKafka, topic: str) -> None:
    produce(kafka, topic, b"one", LARGE)
    before, broker = kafka.bootstrap, kafka.process
    kafka.stop()
    assert broker.exit_code == 128 + signal.SIGTERM
    kafka.start()
    assert kafka.bootstrap == before
    assert stored(kafka, topic) == [b"one", LARGE]


def test_a_kill_loses_nothing_that_was_acknowledged(kafka: LocalKafka, topic: str) -> None:
    produce(kafka, topic, b"one", b"two")
    before, broker = kafka.bootstrap, kafka.process
    kafka.kill()
    assert broker.exit_code == -signal.SIGKILL
    assert not psutil.pid_exists(broker.pid)
    kafka.start()
    assert kafka.bootstrap == before
    produce(kafka, topic, b"three")
    assert stored(kafka, topic) == [b"one", b"two", b"three"]


def test_a_frozen_one_answers_nobody_until_it_is_thawed(kafka: LocalKafka, topic: str) -> None:
    kafka.freeze()
    assert psutil.Process(kafka.process.pid).status() == psutil.STATUS_STOPPED
    assert serving_cluster(kafka.bootstrap) is None
    kafka.thaw()
    produce(kafka, topic, b"late")
    assert stored(kafka, topic) == [b"late"]


def test_a_frozen_one_can_be_stopped(kafka: LocalKafka) -> None:
    broker = kafka.process
    kafka.freeze()
    kafka.stop()
    assert broker.exit_code == 128 + signal.SIGTERM
    kafka.start()


def test_two_live_side_by_side_even_where_both_were_last_at_one_address(
    kafka: LocalKafka, topic: str, tmp_path: Path
) -> None:
    port = kafka.bootstrap.rpartition(":")[2]
    (tmp_path / "ports").write_text(f"{port} {port}\n")
    with LocalKafka(tmp_path) as other:
        assert other.bootstrap != kafka.bootstrap
        assert serving_cluster(other.bootstrap) != serving_cluster(kafka.bootstrap)
        assert topic in topics(kafka)
        assert topic not in topics(other)


def test_a_directory_is_run_by_one_process_at_a_time(kafka: LocalKafka) -> None:
    intruder = LocalKafka(kafka.home)
    with pytest.raises(LocalKafkaFailed, match=f"Another process runs the Kafka in .* at {kafka.bootstrap}"):
        intruder.start()
    with pytest.raises(LocalKafkaFailed, match="already runs"):
        kafka.start()
    assert serving_cluster(kafka.bootstrap) is not None


def test_one_that_does_not_start_shows_what_it_said(kafka: LocalKafka, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=62llOL_zThq8DmPkGlvaMg\n")
    for _ in range(2):  # the first has left nothing behind that would hinder the second
        with pytest.raises(LocalKafkaFailed, match=r"ended with code 1.*\n(.*\n)*.*[Nn]ode id.* 7"):
            LocalKafka(tmp_path).start()


def test_it_ends_with_its_parent_even_frozen(kafka: LocalKafka, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "kafka")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    try:
        eventually("the broker's end", lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE)
    finally:
        if orphan.is_running():
            orphan.kill()
