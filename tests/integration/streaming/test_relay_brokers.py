"""Brokers that fall silent, die or are restarted cost time and repeats, and no event."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from prometheus_client import REGISTRY

from infrastructure.streaming.local_kafka import LocalKafka
from tests.support.arrivals import arrived
from tests.support.broker import NoBroker, leave_out, own_kafka
from tests.support.relays import DELIVERY, assert_nothing_lost, expected, fill, make_topics, relay, running, saved
from tests.support.system import eventually


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One of ours, to do anything with."""
    try:
        with own_kafka(tmp_path_factory.mktemp("relayed")) as kafka:
            yield kafka
    except NoBroker as reason:
        leave_out(str(reason))


@pytest.fixture
def kafka(node: LocalKafka, topic_prefix: str) -> LocalKafka:
    """The same, with topics of the test's own."""
    make_topics(node.bootstrap, topic_prefix)
    return node


def caught_up(database: str, head: int) -> None:
    eventually("the relay at the head", lambda: saved(database)[0] == head, seconds=40)


def progress(database: str) -> None:
    start = saved(database)[0]
    eventually("progress", lambda: saved(database)[0] > start)


def failures() -> float:
    return REGISTRY.get_sample_value("till_relay_send_failures_total") or 0.0


def silence(kafka: LocalKafka) -> None:
    """Longer than a delivery may take."""
    before = failures()
    kafka.freeze()
    eventually("a failure", lambda: failures() > before, seconds=4 * DELIVERY)
    kafka.thaw()


@contextmanager
def load_on(database: str) -> Iterator[None]:
    """Events come all the while."""
    stop = threading.Event()

    def write() -> None:
        seed = 1_000
        while not stop.wait(0.1):
            fill(database, 10, seed=seed)
            seed += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def test_a_silence_longer_than_a_delivery_is_outlived_by_a_new_producer(
    database: str, kafka: LocalKafka, topic_prefix: str
) -> None:
    caught = fill(database, 300)
    with running(relay(database, kafka.bootstrap, topic_prefix)):
        caught_up(database, caught)
        before = failures()
        kafka.freeze()
        stuck = fill(database, 700, seed=2)
        eventually("two failures", lambda: failures() >= before + 2, seconds=4 * DELIVERY)
        assert saved(database)[0] == caught
        kafka.thaw()
        caught_up(database, stuck)
        caught_up(database, fill(database, 50, seed=3))
    assert_nothing_lost(arrived(kafka.bootstrap, topic_prefix), expected(database, topic_prefix))


def test_silences_under_load(database: str, kafka: LocalKafka, topic_prefix: str) -> None:
    with running(relay(database, kafka.bootstrap, topic_prefix)):
        with load_on(database):
            for _ in range(2):
                progress(database)
                silence(kafka)
        caught_up(database, fill(database, 10, seed=4))
    assert_nothing_lost(arrived(kafka.bootstrap, topic_prefix), expected(database, topic_prefix))


@pytest.mark.parametrize("end", [LocalKafka.stop, LocalKafka.kill], ids=["stopped", "killed"])
def test_a_broker_that_goes_and_comes_back_under_load(
    database: str, kafka: LocalKafka, topic_prefix: str, end: Callable[[LocalKafka], None]
) -> None:
    with running(relay(database, kafka.bootstrap, topic_prefix)):
        with load_on(database):
            progress(database)
            before = failures()
            end(kafka)
            eventually("a failure", lambda: failures() > before, seconds=4 * DELIVERY)
            kafka.start()
        caught_up(database, fill(database, 10, seed=5))
    assert_nothing_lost(arrived(kafka.bootstrap, topic_prefix), expected(database, topic_prefix))


def test_a_relay_may_be_there_before_its_brokers(database: str, kafka: LocalKafka, topic_prefix: str) -> None:
    kafka.stop()
    head = fill(database, 100)
    before = failures()
    with running(relay(database, kafka.bootstrap, topic_prefix)):
        eventually("a failure", lambda: failures() > before, seconds=4 * DELIVERY)
        kafka.start()
        caught_up(database, head)
    assert_nothing_lost(arrived(kafka.bootstrap, topic_prefix), expected(database, topic_prefix))
