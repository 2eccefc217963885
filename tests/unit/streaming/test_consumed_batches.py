"""What can be fed together: runs without a gap, slot by slot, and nothing twice."""

from collections.abc import Sequence

import pytest

from application.ports.log import slot_of
from domain.shared.category import Family
from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming.arriving import Arrival, Batch, batches, understand
from tests.support.faust_carrier import PARTITIONS, Carrier, with_headers
from tests.support.happenings import listed, product
from tests.support.journal import Journal

SLOT = slot_of(Family.CATALOGUE, product(1), PARTITIONS)
NEIGHBOUR = next(n for n in range(2, 99) if slot_of(Family.CATALOGUE, product(n), PARTITIONS) != SLOT)
OTHER = slot_of(Family.CATALOGUE, product(NEIGHBOUR), PARTITIONS)


def six() -> list[Arrival]:
    """Positions 1 to 6: the even ones are of the other slot."""
    journal, carrier = Journal(""), Carrier()
    return carrier.carry(
        record for number in (1, NEIGHBOUR) * 3 for record in journal.record(product(number), listed(product(number)))
    )


def batched(arrivals: Sequence[Arrival], *, head: int = 6) -> list[tuple[Batch, str | None]]:
    understood = understand(arrivals, event_codec(), partitions=PARTITIONS)
    return [(batch, bad and bad[1].reason) for batch, bad in batches(understood, head=head)]


def only(arrivals: Sequence[Arrival]) -> Batch:
    ((batch, bad),) = batched(arrivals)
    assert bad is None
    return batch


def positions(batch: Batch) -> list[int]:
    return [record.position for record in batch.records]


def test_slots_are_a_run_each() -> None:
    batch = only(six()[2:])
    assert positions(batch) == [3, 4, 5, 6]
    assert batch.after == {SLOT: 1, OTHER: 2}
    assert batch.ends == {SLOT: 5, OTHER: 6}


@pytest.mark.parametrize("order", [(0, 2, 4, 1, 3, 5), (1, 0, 3, 2, 5, 4), (1, 3, 5, 0, 2, 4)])
def test_records_are_in_the_logs_order_however_the_slots_arrived(order: Sequence[int]) -> None:
    assert positions(only([six()[n] for n in order])) == [1, 2, 3, 4, 5, 6]


def test_what_is_sent_again_counts_once() -> None:
    arrivals = six()
    batch = only([*arrivals[:4], *arrivals[2:], *arrivals])
    assert positions(batch) == [1, 2, 3, 4, 5, 6]
    assert batch.after == {SLOT: 0, OTHER: 0}


def test_a_run_begins_anew_behind_a_gap() -> None:
    arrivals = six()
    batch = only([arrivals[0], arrivals[1], arrivals[4]])
    assert positions(batch) == [2, 5]
    assert batch.after == {SLOT: 3, OTHER: 0}
    assert batch.first(SLOT) == (arrivals[4], 5)


def test_what_comes_late_is_left_to_the_log() -> None:
    arrivals = six()
    batch = only([arrivals[4], arrivals[0], arrivals[2], arrivals[4]])
    assert positions(batch) == [5]
    assert batch.after == {SLOT: 3}


def test_a_slot_can_be_dropped() -> None:
    batch = only(six())
    batch.drop(SLOT)
    assert positions(batch) == [2, 4, 6]
    assert batch.ends == {OTHER: 6}


def test_what_cannot_be_read_parts_the_batch() -> None:
    arrivals = six()
    arrivals[2] = with_headers(arrivals[2], prev=b"some")
    (first, reason), (second, none) = batched(arrivals)
    assert (positions(first), positions(second)) == ([1, 2], [4, 5, 6])
    assert (reason, none) == ("header prev is not a decimal number", None)


def test_a_record_from_beyond_the_logs_end_is_not_of_this_log() -> None:
    (first, reason), (second, _) = batched(six(), head=5)
    assert positions(first) == [1, 2, 3, 4, 5]
    assert (reason, positions(second)) == ("the log ends at 5", [])
