"""Every difference between the log and a provider's export is found, and says what to do."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from infrastructure.reconciling import comparing
from infrastructure.reconciling.comparing import compare
from infrastructure.reconciling.movements import Kind, Movement, NotAnExport, export, exported

CHARGE = Movement(Kind.CHARGE, UUID(int=1), "pay_1", 103_250, "INR")
REFUND = Movement(Kind.REFUND, UUID(int=2), "rfnd_1", 100, "INR")
BOTH = [CHARGE, REFUND]


def test_the_same_books_differ_in_nothing() -> None:
    assert compare(BOTH, BOTH[::-1], intended=()) == []


@pytest.mark.parametrize("moved", BOTH)
def test_what_one_side_does_not_know_is_found(moved: Movement) -> None:
    (here,) = compare([moved], [], intended={moved.key})
    assert (here.ours, here.theirs, here.resolution) == (moved, None, comparing.UNKNOWN_THERE[moved.kind])
    (there,) = compare([], [moved], intended=())
    assert (there.ours, there.theirs, there.resolution) == (None, moved, comparing.UNASKED[moved.kind])
    (waiting,) = compare([], [moved], intended={moved.key})
    assert waiting.resolution == comparing.UNDER_WAY


@pytest.mark.parametrize(
    "other",
    [replace(CHARGE, amount=1), replace(CHARGE, currency="GBP"), replace(CHARGE, transaction="pay_2")],
)
def test_what_differs_is_found(other: Movement) -> None:
    (found,) = compare([CHARGE], [other], intended=())
    assert (found.ours, found.theirs, found.resolution) == (CHARGE, other, comparing.DIFFERS)


def test_what_is_listed_twice_is_found() -> None:
    (found,) = compare(BOTH, [CHARGE, CHARGE, REFUND], intended=())
    assert (found.key, found.resolution) == (CHARGE.key, comparing.TWICE)


def test_a_charge_and_a_refund_of_one_key_are_two_things() -> None:
    alike = replace(REFUND, key=CHARGE.key)
    assert len(compare([CHARGE], [alike], intended=())) == 2


def test_an_export_is_read_as_it_was_written(tmp_path: Path) -> None:
    export(BOTH, tmp_path / "export.csv")
    assert list(exported(tmp_path / "export.csv")) == BOTH
    with pytest.raises(FileExistsError):
        export(BOTH, tmp_path / "export.csv")


@pytest.mark.parametrize(
    "text",
    ["", "kind,key\n", "kind,key,transaction,amount,currency\ncharge,7,pay_1,1,INR\n",
     f"kind,key,transaction,amount,currency\ngift,{UUID(int=1)},pay_1,1,INR\n",
     f"kind,key,transaction,amount,currency\ncharge,{UUID(int=1)},pay_1,1.5,INR\n",
     f"kind,key,transaction,amount,currency\ncharge,{UUID(int=1)}\n"],
)  # fmt: skip
def test_what_is_no_export_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "export.csv").write_text(text)
    with pytest.raises(NotAnExport):
        list(exported(tmp_path / "export.csv"))
