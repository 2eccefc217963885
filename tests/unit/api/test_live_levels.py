"""Who listens is told the latest of each product, however slow it is, and in bounded memory."""

from typing import Any, cast
from uuid import UUID

import pytest

from api.live_levels import MOST_PENDING, Follower, LiveLevels
from api.live_places import MOST_OF_ONE, Places
from api.problems import Problem
from domain.shared.identifiers import ProductId
from projections.stock_live import Change


def product(number: int) -> ProductId:
    return ProductId(UUID(int=number))


def change(number: int, available: int, position: int) -> Change:
    return Change(product(number), available, position)


class Board(LiveLevels):
    """The levels, told by hand."""

    def __init__(self) -> None:
        super().__init__(cast("Any", None))

    def follower(self, *products: int, after: int = -1) -> Follower:
        follower = Follower(self, [product(n) for n in products] or None, after)
        self._followers.add(follower)
        return follower

    def told(self, *changes: Change, complete: int | None = None) -> None:
        self._tell(changes)
        self.complete = changes[-1].position if complete is None else complete


def everything(follower: Follower) -> list[Change]:
    found = []
    while not follower.idle:
        found += follower.take(100)
    return found


@pytest.fixture
def board() -> Board:
    board = Board()
    board.told(change(1, 10, 1), change(2, 20, 2))
    return board


def test_first_comes_what_there_is_and_then_what_changes(board: Board) -> None:
    follower = board.follower()
    assert everything(follower) == [change(1, 10, 1), change(2, 20, 2)]
    board.told(change(2, 19, 3), change(3, 1, 4))
    assert everything(follower) == [change(2, 19, 3), change(3, 1, 4)]
    assert everything(follower) == []


def test_who_is_slow_misses_what_lay_between(board: Board) -> None:
    follower = board.follower()
    everything(follower)
    for position in range(3, 100):
        board.told(change(1, position, position))
    assert everything(follower) == [change(1, 99, 99)]


def test_what_changes_while_the_rest_is_told_comes_once(board: Board) -> None:
    follower = board.follower()
    assert follower.take(1) == [change(1, 10, 1)]
    board.told(change(2, 19, 3))
    assert everything(follower) == [change(2, 19, 3)]


def test_who_comes_back_is_told_what_it_missed(board: Board) -> None:
    board.told(change(1, 9, 3))
    assert everything(board.follower(after=2)) == [change(1, 9, 3)]
    assert everything(board.follower(after=3)) == []
    assert everything(board.follower(2, 7, after=1)) == [change(2, 20, 2)]


def test_only_the_products_that_were_named_are_told(board: Board) -> None:
    follower = board.follower(2, 3)
    assert everything(follower) == [change(2, 20, 2)]
    board.told(change(1, 9, 3))
    assert follower.idle
    board.told(change(3, 1, 4))
    assert everything(follower) == [change(3, 1, 4)]


def test_a_position_is_reached_when_nothing_up_to_it_is_left(board: Board) -> None:
    follower = board.follower()
    follower.take(1)
    assert follower.reached == -1
    follower.take(1)
    assert follower.reached == 2
    board.told(change(1, 9, 9), complete=5)
    everything(follower)
    assert follower.reached == 5, "another slot has not got to 9 yet"


def test_what_waits_for_one_who_takes_nothing_is_bounded(board: Board) -> None:
    follower = board.follower()
    everything(follower)
    for number in range(3, 3 * MOST_PENDING):
        board.told(change(number, 1, number))
        assert len(follower._pending) <= MOST_PENDING
    board.told(change(1, 0, 10**6))
    late = everything(follower)
    assert change(1, 0, 10**6) in late
    assert {each.product_id for each in late} == {product(n) for n in (1, *range(3, 3 * MOST_PENDING))}
    assert len(late) == 3 * MOST_PENDING - 2, "each once, and what was told before not again"


def test_the_same_again_is_told_to_nobody(board: Board) -> None:
    follower = board.follower()
    everything(follower)
    board.told(change(1, 10, 1))
    assert follower.idle


def test_an_address_has_so_many_places_and_gets_them_back() -> None:
    places = Places(limited=True)
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            take_all(places)
        assert (refused.value.status, refused.value.code) == (429, "too-many-streams")
    with places.place("here"), places.place("there"):
        pass


def take_all(places: Places, number: int = MOST_OF_ONE + 1) -> None:
    with places.place("here"):
        if number > 1:
            take_all(places, number - 1)
