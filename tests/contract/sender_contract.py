"""What the relay expects of whatever it sends through; each adapter's tests are this class with another `stage`."""

import time
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import pytest
from msgspec.structs import replace

from infrastructure.eventstore.codec import MAX_EVENT_BYTES
from infrastructure.streaming.message import Message, message_of
from infrastructure.streaming.sending import LARGEST_REQUEST, Sender, SendFailed, Unsendable
from tests.support.arrivals import Arrived, positions
from tests.support.messages import PARTITIONS, stored
from tests.support.system import eventually
from tests.unit.streaming.test_message import RESERVED

DELIVERY = 2.0


class Stage(Protocol):
    """Brokers that can fall silent, with empty topics of eight partitions each."""

    prefix: str

    def sender(self) -> Sender: ...

    def arrived(self) -> Arrived: ...

    def fall_silent(self) -> None: ...

    def come_back(self) -> None: ...


def numbered(stage: Stage, first: int, last: int) -> list[Message]:
    """Messages for all partitions, in the order of their positions."""
    return [numbered_message(stage, n) for n in range(first, last + 1)]


def numbered_message(stage: Stage, number: int, value: bytes | None = None) -> Message:
    row = stored(RESERVED, position=number, ordering_key=UUID(int=number))
    sent = message_of(row, prev=number - 1, prefix=stage.prefix, partitions=PARTITIONS)
    return sent if value is None else replace(sent, value=value)


def by_place(messages: Sequence[Message]) -> Arrived:
    places = {(each.topic, each.partition) for each in messages}
    return {place: [each for each in messages if (each.topic, each.partition) == place] for place in places}


def without_repeats(messages: Sequence[Message]) -> list[int]:
    """What a consumer keeps that drops what is not beyond the last it kept: whatever was given up may still arrive."""
    kept = [0]
    for each in positions(messages):
        if each > kept[-1]:
            kept.append(each)
    return kept[1:]


def delivers(stage: Stage, messages: Sequence[Message]) -> bool:
    """Whether a new one delivers them now; brokers that are just back may take longer than a delivery has."""
    try:
        sender = stage.sender()
    except SendFailed:
        return False
    try:
        sender.send(messages).wait()
    except SendFailed:
        return False
    finally:
        sender.close()
    return True


class SenderContract:
    def test_what_was_acknowledged_has_arrived_unchanged_and_in_order(self, stage: Stage) -> None:
        sent = numbered(stage, 1, 60)
        assert len(by_place(sent)) == PARTITIONS
        sender = stage.sender()
        sender.send(sent).wait()
        assert stage.arrived() == by_place(sent)
        sender.close()

    def test_batches_sent_ahead_arrive_in_order(self, stage: Stage) -> None:
        sender = stage.sender()
        deliveries = [sender.send(numbered(stage, n * 50 + 1, n * 50 + 50)) for n in range(4)]
        for delivery in deliveries:
            delivery.wait()
        assert all(positions(each) == sorted(positions(each)) for each in stage.arrived().values())
        assert stage.arrived() == by_place(numbered(stage, 1, 200))
        sender.close()

    def test_nothing_is_at_home_at_once(self, stage: Stage) -> None:
        sender = stage.sender()
        sender.send([]).wait()
        sender.close()

    def test_the_largest_event_is_taken(self, stage: Stage) -> None:
        large = numbered_message(stage, 1, b"x" * MAX_EVENT_BYTES)
        sender = stage.sender()
        sender.send([large]).wait()
        assert stage.arrived() == by_place([large])
        sender.close()

    def test_what_no_broker_would_ever_take_is_named(self, stage: Stage) -> None:
        sender = stage.sender()
        with pytest.raises(Unsendable):
            sender.send([numbered_message(stage, 1, b"x" * (LARGEST_REQUEST + 1))]).wait()
        sender.close()

    def test_a_partition_that_is_not_there_takes_nothing(self, stage: Stage) -> None:
        sender = stage.sender()
        astray = replace(numbered_message(stage, 1), partition=PARTITIONS + 90)
        with pytest.raises(SendFailed):
            sender.send([astray]).wait()
        sender.close()

    def test_silence_is_a_failure_within_the_time_that_a_delivery_has(self, stage: Stage) -> None:
        sender = stage.sender()
        sender.send(numbered(stage, 1, 10)).wait()
        stage.fall_silent()
        delivery = sender.send(numbered(stage, 11, 20))
        began = time.monotonic()
        with pytest.raises(SendFailed):
            delivery.wait()
        assert time.monotonic() - began < DELIVERY + 1
        sender.close()
        assert time.monotonic() - began < DELIVERY + 4
        stage.come_back()

    def test_after_silence_a_new_one_delivers_all_again_in_order(self, stage: Stage) -> None:
        first = stage.sender()
        stage.fall_silent()
        with pytest.raises(SendFailed):
            first.send(numbered(stage, 1, 30)).wait()
        first.close()
        with pytest.raises(SendFailed):
            stage.sender()
        stage.come_back()
        eventually("a new one that delivers", lambda: delivers(stage, numbered(stage, 1, 40)), seconds=60)
        found = stage.arrived()
        for place, messages in by_place(numbered(stage, 1, 40)).items():
            assert without_repeats(found[place]) == positions(messages)

    def test_letting_go_does_not_wait(self, stage: Stage) -> None:
        sender = stage.sender()
        sender.send(numbered(stage, 1, 10)).wait()
        stage.fall_silent()
        sender.send(numbered(stage, 11, 20))
        began = time.monotonic()
        sender.close()
        assert time.monotonic() - began < 3
        with pytest.raises(SendFailed):
            sender.send(numbered(stage, 21, 22)).wait()
        stage.come_back()
