"""The producer of kafka-python on a real broker, and the fake that stands in for it, do what the relay expects."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from infrastructure.streaming.local_kafka import LocalKafka
from infrastructure.streaming.sending import KafkaSender
from infrastructure.streaming.topics import ensure_topics
from tests.contract.sender_contract import DELIVERY, SenderContract
from tests.support.arrivals import Arrived, arrived
from tests.support.broker import NoBroker, leave_out, own_kafka
from tests.support.fake_kafka import FakeKafka, FakeSender
from tests.support.messages import PARTITIONS, PREFIX


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One of ours, to freeze."""
    try:
        with own_kafka(tmp_path_factory.mktemp("senders")) as kafka:
            yield kafka
    except NoBroker as reason:
        leave_out(str(reason))


class FakeStage:
    def __init__(self) -> None:
        self.prefix = PREFIX
        self._kafka = FakeKafka(partitions=PARTITIONS)

    def sender(self) -> FakeSender:
        return self._kafka.sender()

    def arrived(self) -> Arrived:
        return dict(self._kafka.arrived)

    def fall_silent(self) -> None:
        self._kafka.answers = False

    def come_back(self) -> None:
        self._kafka.answers = True


class KafkaStage:
    def __init__(self, kafka: LocalKafka, prefix: str) -> None:
        self.prefix = prefix
        self._kafka = kafka

    def sender(self) -> KafkaSender:
        return KafkaSender([self._kafka.bootstrap], delivery=DELIVERY)

    def arrived(self) -> Arrived:
        return dict(arrived(self._kafka.bootstrap, self.prefix))

    def fall_silent(self) -> None:
        self._kafka.freeze()

    def come_back(self) -> None:
        self._kafka.thaw()


class TestFakeSender(SenderContract):
    @pytest.fixture
    def stage(self) -> FakeStage:
        return FakeStage()


class TestKafkaSender(SenderContract):
    @pytest.fixture
    def stage(self, kafka: LocalKafka, topic_prefix: str) -> Iterator[KafkaStage]:
        ensure_topics(
            [kafka.bootstrap], prefix=topic_prefix, partitions=PARTITIONS, replication=1, retention=timedelta(days=1)
        )
        yield KafkaStage(kafka, topic_prefix)
        kafka.thaw()
