"""Which slots are left behind for good, and which are only being fed."""

from infrastructure.streaming.lookout import Lookout, SlotStanding

OURS = {"orders-1", "orders-2"}


def at(position: int, *, sent: int = 9, slot: str = "orders-1", stopped: bool = False) -> SlotStanding:
    return SlotStanding(schema="carts_v1", slot=slot, position=position, stopped=stopped, sent=sent)


def looks(*seen: tuple[float, SlotStanding]) -> list[dict[str, int]]:
    """What is missing of `carts_v1` at each look."""
    lookout = Lookout(patience=3)
    return [dict(lookout.missing([each], ours=OURS, now=now).get("carts_v1", {})) for now, each in seen]


def test_a_slot_that_does_not_move_is_caught_up_when_patience_ends() -> None:
    assert looks((0, at(5)), (2.9, at(5)), (3, at(5)), (4, at(5))) == [{}, {}, {"orders-1": 9}, {"orders-1": 9}]


def test_a_slot_that_moves_is_being_fed() -> None:
    assert looks((0, at(5)), (2, at(6)), (4, at(7)), (6, at(8))) == [{}, {}, {}, {}]


def test_a_slot_that_has_everything_waits_for_nothing() -> None:
    assert looks((0, at(9)), (9, at(9)), (10, at(9, sent=11)), (12, at(9, sent=11)), (13, at(9, sent=11))) == [
        *({},) * 4,
        {"orders-1": 11},
    ]


def test_stopped_slots_and_those_of_others_are_left_alone() -> None:
    assert looks((0, at(5, stopped=True)), (9, at(5, stopped=True))) == [{}, {}]
    assert looks((0, at(5, slot="orders-3")), (9, at(5, slot="orders-3"))) == [{}, {}]


def test_what_is_behind_can_be_caught_up_at_once() -> None:
    seen = [at(5), at(9, slot="orders-2"), at(1, slot="orders-3")]
    assert Lookout().missing(seen, ours=OURS, now=0, at_once=True) == {"carts_v1": {"orders-1": 9}}
