"""Sales are noted at their ends, unless they were called off."""

from datetime import timedelta

from application.processes.process import Due, Withdraw
from application.processes.sale_windows import instance, react
from application.sales import EndSale, StartSale
from domain.catalogue.events import SaleCancelled, SaleEnded, SaleScheduled
from tests.support.catalogue import SHAMPOO
from tests.support.happenings import listed
from tests.support.times import NOON

START, END = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
SCHEDULED = SaleScheduled(product_id=SHAMPOO, start=START, end=END, percentage=100, at=NOON)
CANCELLED = SaleCancelled(product_id=SHAMPOO, start=START, end=END, at=NOON)
ENDED = SaleEnded(product_id=SHAMPOO, start=START, end=END, at=END)


def test_start_and_end_fall_due() -> None:
    _, (starts, ends) = react(None, SCHEDULED)
    assert isinstance(starts, Due)
    assert isinstance(ends, Due)
    assert (starts.at, starts.command) == (START, StartSale(product_id=SHAMPOO, start=START, end=END))
    assert (ends.at, ends.command) == (END, EndSale(product_id=SHAMPOO, start=START, end=END))


def test_a_sale_that_is_called_off_awaits_nothing() -> None:
    awaited, dues = react(None, SCHEDULED)
    awaited, withdrawn = react(awaited, CANCELLED)
    assert awaited is None
    assert withdrawn == tuple(Withdraw(due.step) for due in dues)
    assert react(awaited, CANCELLED) == (None, ())


def test_the_story_ends_with_the_last_sale() -> None:
    awaited, _ = react(None, SCHEDULED)
    assert react(awaited, ENDED) == (None, ())


def test_other_events_of_a_product_are_no_concern() -> None:
    assert instance(listed(SHAMPOO)) is None
    assert instance(SCHEDULED) == SHAMPOO
