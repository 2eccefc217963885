"""Whatever ends a relay, at whatever moment, the next goes on within seconds: nothing lost, nothing out of order."""

import random
import signal
import threading
import time

import pytest

from infrastructure.streaming.relay_state import LeadershipLost, Progress, RelayState
from tests.support.arrivals import accepted, arrived, position, total
from tests.support.messages import CODEC, PARTITIONS
from tests.support.relay_children import cut, died, leaders, leading, relay_child, sessions, standing_by
from tests.support.relays import assert_nothing_lost, expected, fill, make_topics, relay, running, saved
from tests.support.system import eventually

TAKE_OVER = 5.0
"""Seconds."""


@pytest.fixture
def prefix(broker: str, topic_prefix: str) -> str:
    """Of topics that are there."""
    make_topics(broker, topic_prefix)
    return topic_prefix


def caught_up(database: str, head: int, *, seconds: float = 20.0) -> None:
    eventually("the relay at the head", lambda: saved(database)[0] == head, seconds=seconds)


def sent_beyond(database: str, broker: str, prefix: str) -> int:
    """Messages that are in Kafka, and that the database does not know of."""
    at = saved(database)[0]
    return sum(position(each) > at for sent in arrived(broker, prefix).values() for each in sent)


@pytest.mark.parametrize("number", [1, 3])
def test_killed_between_send_and_save_it_repeats_and_loses_nothing(
    database: str, broker: str, prefix: str, number: int
) -> None:
    head = fill(database, 2_600)
    with relay_child(database, broker, prefix, "arrived", number) as child:
        died(child)
    assert saved(database)[0] == (number - 1) * 500
    assert sent_beyond(database, broker, prefix) >= 400
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    found, wanted = arrived(broker, prefix), expected(database, prefix)
    assert total(found) >= total(wanted) + 400
    assert_nothing_lost(found, wanted)


def test_killed_after_its_save_it_has_lost_nothing_either(database: str, broker: str, prefix: str) -> None:
    head = fill(database, 2_600)
    with relay_child(database, broker, prefix, "saved", 2) as child:
        died(child)
    assert saved(database)[0] == 1_000
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


def test_killed_again_and_again_under_load_it_loses_nothing(database: str, broker: str, prefix: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    luck = random.Random(seed)
    for _ in range(6):
        fill(database, luck.randrange(600, 1_800), seed=luck.getrandbits(32))
        place = luck.choice(["sent", "arrived", "saved"])
        with relay_child(database, broker, prefix, place, luck.randrange(1, 3)) as child:
            died(child)
    head = fill(database, 700, seed=luck.getrandbits(32))
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


def test_losing_one_message_would_be_noticed(database: str, broker: str, prefix: str) -> None:
    head = fill(database, 300)
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    found, wanted = arrived(broker, prefix), expected(database, prefix)
    place = max(found, key=lambda each: len(found[each]))
    del found[place][len(found[place]) // 2]
    with pytest.raises(AssertionError):
        assert_nothing_lost(found, wanted)


def took_over(database: str, former: int, began: float, *, seed: int) -> None:
    """Another session leads and sends, in time."""
    head = fill(database, 50, seed=seed)
    caught_up(database, head, seconds=TAKE_OVER - (time.monotonic() - began))
    assert leaders(database) != [former]
    print(f"took over in {time.monotonic() - began:.2f} s")


def test_the_standby_takes_over_when_the_leader_is_killed(database: str, broker: str, prefix: str) -> None:
    with relay_child(database, broker, prefix) as first:
        former = leading(database)
        with relay_child(database, broker, prefix):
            standing_by(database)
            caught_up(database, fill(database, 900))
            began = time.monotonic()
            first.kill()
            took_over(database, former, began, seed=2)
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


def test_leadership_goes_on_when_the_leaders_session_is_cut(database: str, broker: str, prefix: str) -> None:
    with relay_child(database, broker, prefix), relay_child(database, broker, prefix):
        standing_by(database)
        for seed in range(3):
            caught_up(database, fill(database, 400, seed=seed))
            former, began = leading(database), time.monotonic()
            cut(database, former)
            took_over(database, former, began, seed=100 + seed)
            standing_by(database)
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


def test_a_leader_told_to_stop_hands_over_too(database: str, broker: str, prefix: str) -> None:
    with relay_child(database, broker, prefix) as first:
        former = leading(database)
        with relay_child(database, broker, prefix):
            standing_by(database)
            began = time.monotonic()
            first.terminate()
            took_over(database, former, began, seed=1)
            assert first.wait(10) == 0
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


def test_a_frozen_leader_whose_session_ended_does_no_harm_when_it_goes_on(
    database: str, broker: str, prefix: str
) -> None:
    with relay_child(database, broker, prefix) as first, relay_child(database, broker, prefix):
        standing_by(database)
        former = leading(database)
        first.send_signal(signal.SIGSTOP)
        fill(database, 900)
        began = time.monotonic()
        cut(database, former)
        took_over(database, former, began, seed=2)
        first.send_signal(signal.SIGCONT)
        caught_up(database, fill(database, 300, seed=3))
        eventually("both relays there", lambda: len(sessions(database)) == 2)
    assert_nothing_lost(arrived(broker, prefix), expected(database, prefix))


class Pausing(RelayState):
    """Stands still between send and save."""

    here: threading.Event
    go_on: threading.Event

    def save(self, progress: Progress, *, expected: int) -> int:
        self.here.set()
        assert self.go_on.wait(20)
        return super().save(progress, expected=expected)


def test_a_leader_replaced_between_send_and_save_saves_nothing(database: str, broker: str, prefix: str) -> None:
    fill(database, 800)
    here, go_on = threading.Event(), threading.Event()

    def pausing() -> RelayState:
        state = Pausing.connect(database, CODEC)
        state.here, state.go_on = here, go_on
        return state

    with running(relay(database, broker, prefix, connect=pausing)):
        assert here.wait(20)
        cut(database, leading(database))
        with running(relay(database, broker, prefix)):
            head = fill(database, 200, seed=2)
            caught_up(database, head)
            there = saved(database)
            go_on.set()
            eventually("both relays there", lambda: len(sessions(database)) == 2)
            assert saved(database) == there
    found, wanted = arrived(broker, prefix), expected(database, prefix)
    assert total(found) > total(wanted)
    assert_nothing_lost(found, wanted)


def test_nobody_saves_over_another(database: str) -> None:
    first, second = RelayState.connect(database, CODEC), RelayState.connect(database, CODEC)
    try:
        first.save(Progress(5, {"orders-1": 4}), expected=0)
        with pytest.raises(LeadershipLost, match="is not 0 any more"):
            second.save(Progress(3, {}), expected=0)
        assert second.load() == Progress(5, {"orders-1": 4})
    finally:
        first.close()
        second.close()


def test_the_repeats_of_a_chain_are_the_same_to_the_byte(database: str, broker: str, prefix: str) -> None:
    fill(database, 600)
    with relay_child(database, broker, prefix, "arrived", 1) as child:
        died(child)
    before = arrived(broker, prefix)
    with running(relay(database, broker, prefix)):
        caught_up(database, 600)
    for place, messages in arrived(broker, prefix).items():
        repeated = messages[len(before[place]) :]
        assert repeated[: len(before[place])] == before[place]
        assert [each.record.position for each in accepted(repeated, partitions=PARTITIONS)] == [
            each.record.position for each in accepted(messages, partitions=PARTITIONS)
        ]
