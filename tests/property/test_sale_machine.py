"""Random histories of one product's sales: at every instant around every window the price is what it should be."""

import itertools
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.catalogue.events import ProductEvent, SaleCancelled, SaleEnded, SaleScheduled, SaleStarted
from domain.catalogue.product import PRODUCTS, Product
from domain.catalogue.sales import SalePercentageOutOfRange, SalesOverlap, SaleWindowInvalid
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from domain.shared.refusal import NotFound, Refusal
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

PRODUCT = ProductId(UUID(int=1))
MINUTES = st.integers(-5, 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
PERCENTAGES = st.sampled_from([-1, 0, 1, 2_500, 5_000, 9_999, 10_000])
PRICE, DISCOUNT = Money(99_999, "INR"), 1_234
INSTANT = timedelta(microseconds=1)


class Window(NamedTuple):
    """What the model knows of one."""

    start: datetime
    end: datetime
    percentage: int


class SaleMachine(AggregateMachine[Product, ProductEvent]):
    category = PRODUCTS
    stream = PRODUCT

    @initialize()
    def list_it(self) -> None:
        self.now = NOON
        self.windows, self.started, self.ended = list[Window](), set[Window](), set[Window]()
        listed = Product.list(
            product_id=PRODUCT, seller_id=AccountId(UUID(int=2)), name="Soap", description="", sku=None, attributes={},
            price=PRICE, discount=DISCOUNT, at=NOON,
        )  # fmt: skip
        self.begin(listed)

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(start=MINUTES, end=MINUTES, percentage=PERCENTAGES)
    def schedule(self, start: datetime, end: datetime, percentage: int) -> None:
        refused: type[Refusal] | None = None
        if end <= start or end <= self.now:
            refused = SaleWindowInvalid
        elif not 1 <= percentage <= 9_999:
            refused = SalePercentageOutOfRange
        elif any(start < known.end and known.start < end for known in self.coming()):
            refused = SalesOverlap
        scheduled = SaleScheduled(product_id=PRODUCT, start=start, end=end, percentage=percentage, at=self.now)
        self.decide(
            lambda product: product.sales.schedule(PRODUCT, start=start, end=end, percentage=percentage, at=self.now),
            refused=refused,
            then=(scheduled,),
        )
        if refused is None:
            window = Window(start, end, percentage)
            self.windows = [*self.coming(), window]
            self.started.discard(window)
            self.ended.discard(window)

    @rule()
    def cancel(self) -> None:
        shown = min(self.coming(), default=None)
        then = (SaleCancelled(product_id=PRODUCT, start=shown.start, end=shown.end, at=self.now),) if shown else ()
        self.decide(
            lambda product: product.sales.cancel(PRODUCT, self.now), refused=None if shown else NotFound, then=then
        )
        if shown:
            self.windows.remove(shown)

    @precondition(lambda self: self.windows)
    @rule(data=st.data())
    def note_a_start(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(self.windows))
        self.decide(
            lambda product: product.sales.begin(PRODUCT, start=window.start, end=window.end, at=self.now),
            refused=None,
            then=self.start_of(window),
        )
        self.started.add(window)

    @precondition(lambda self: self.windows)
    @rule(data=st.data())
    def note_an_end(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(self.windows))
        ended = SaleEnded(product_id=PRODUCT, start=window.start, end=window.end, at=self.now)
        self.decide(
            lambda product: product.sales.finish(PRODUCT, start=window.start, end=window.end, at=self.now),
            refused=None,
            then=() if window in self.ended else (*self.start_of(window), ended),
        )
        self.started.add(window)
        self.ended.add(window)

    @rule(start=MINUTES)
    def note_what_never_was(self, start: datetime) -> None:
        end = start + timedelta(days=9)
        self.decide(lambda product: product.sales.finish(PRODUCT, start=start, end=end, at=self.now), refused=None)

    def start_of(self, window: Window) -> tuple[ProductEvent, ...]:
        if window in self.started:
            return ()
        start, end, percentage = window
        return (SaleStarted(product_id=PRODUCT, start=start, end=end, percentage=percentage, at=self.now),)

    def coming(self) -> list[Window]:
        return [window for window in self.windows if self.now < window.end]

    @invariant()
    def no_two_windows_overlap(self) -> None:
        ordered = self.state.sales.windows
        assert all(one.end <= other.start for one, other in itertools.pairwise(ordered))
        assert [(each.start, each.end, each.percentage) for each in ordered] == sorted(self.windows)

    @invariant()
    def the_price_is_right_at_every_instant_around_every_end(self) -> None:
        product = self.state
        ends = {moment for window in self.windows for moment in (window.start, window.end)}
        for at in {self.now, *ends, *(end - INSTANT for end in ends)}:
            taken_off = [DISCOUNT, *(w.percentage for w in self.windows if w.start <= at < w.end)]
            assert product.effective_price(at) == min(PRICE - PRICE.share(each) for each in taken_off)


TestSaleMachine = SaleMachine.TestCase
