"""The sale windows of a product, and what they make of its price at an instant."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.catalogue.events import SaleCancelled, SaleEnded, SaleEvent, SaleScheduled, SaleStarted
from domain.shared.identifiers import ProductId
from domain.shared.money import BASIS_POINTS, Money
from domain.shared.refusal import NotFound, Refusal

MAX_WINDOWS = 50
"""That are not over."""


class SaleWindowInvalid(Refusal):
    """A sale ends after it starts, and not before it is announced."""

    code = "sale-window-invalid"


class SalePercentageOutOfRange(Refusal):
    """A sale takes off more than nothing and less than everything."""

    code = "sale-percentage-out-of-range"


class SalesOverlap(Refusal):
    """A product is in one sale at a time."""

    code = "sales-overlap"


class TooManySales(Refusal):
    """A product has at most 50 sales before it."""

    code = "too-many-sales"


class SaleWindow(msgspec.Struct, frozen=True):
    """From start to end, the end not included."""

    start: datetime
    end: datetime
    percentage: int
    """Off the price, in basis points."""
    started: bool = False
    """Whether that was recorded; it says nothing of the price."""
    ended: bool = False

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end


class Sales(msgspec.Struct, frozen=True):
    """Windows in the order of time, no two of which overlap. Those that are over go when the next is scheduled."""

    windows: tuple[SaleWindow, ...] = ()

    def reduction(self, discount: int, at: datetime) -> int:
        """What comes off a price then, in basis points: the standing discount or the sale, whichever is more."""
        return max([discount, *(window.percentage for window in self.windows if window.covers(at))])

    def price(self, price: Money, discount: int, at: datetime) -> Money:
        """What is left of it then; what comes off is rounded half-up."""
        return price - price.share(self.reduction(discount, at))

    def shown(self, at: datetime) -> SaleWindow | None:
        """The current or the next; None where there is nothing to look forward to."""
        return next((window for window in self.windows if at < window.end), None)

    def boundaries(self) -> Iterator[datetime]:
        """Instants at which the price may change, or which sale is shown, in the order of time."""
        return iter(sorted({moment for window in self.windows for moment in (window.start, window.end)}))

    def schedule(
        self, product_id: ProductId, *, start: datetime, end: datetime, percentage: int, at: datetime
    ) -> tuple[SaleEvent, ...]:
        if not start < end:
            raise SaleWindowInvalid("A sale ends after it starts.")
        if end <= at:
            raise SaleWindowInvalid("The sale would be over already.")
        if not 0 < percentage < BASIS_POINTS:
            raise SalePercentageOutOfRange("A sale takes off more than 0 % and less than 100 %.")
        coming = [window for window in self.windows if at < window.end]
        if any(start < window.end and window.start < end for window in coming):
            raise SalesOverlap("The product is in another sale at that time.")
        if len(coming) >= MAX_WINDOWS:
            raise TooManySales(f"A product has at most {MAX_WINDOWS} sales before it.")
        return (SaleScheduled(product_id=product_id, start=start, end=end, percentage=percentage, at=at),)

    def cancel(self, product_id: ProductId, at: datetime) -> tuple[SaleEvent, ...]:
        """The current or the next one; raises NotFound where there is none."""
        window = self.shown(at)
        if window is None:
            raise NotFound("The product is in no sale.")
        return (SaleCancelled(product_id=product_id, start=window.start, end=window.end, at=at),)

    def begin(self, product_id: ProductId, *, start: datetime, end: datetime, at: datetime) -> tuple[SaleEvent, ...]:
        """Records that it has started; once is enough, and nothing where there is no such sale any more."""
        window = self._find(start, end)
        if window is None or window.started:
            return ()
        percentage = window.percentage
        return (SaleStarted(product_id=product_id, start=start, end=end, percentage=percentage, at=at),)

    def finish(self, product_id: ProductId, *, start: datetime, end: datetime, at: datetime) -> tuple[SaleEvent, ...]:
        """Records that it has ended, and before that it started, where nobody has; once is enough."""
        window = self._find(start, end)
        if window is None or window.ended:
            return ()
        begun = self.begin(product_id, start=start, end=end, at=at)
        return (*begun, SaleEnded(product_id=product_id, start=start, end=end, at=at))

    def after(self, event: SaleEvent) -> "Sales":
        """The windows after the event."""
        match event:
            case SaleScheduled(start=start, end=end, percentage=percentage, at=at):
                coming = [window for window in self.windows if at < window.end]
                return Sales(
                    tuple(sorted([*coming, SaleWindow(start, end, percentage)], key=lambda w: (w.start, w.end)))
                )
            case SaleCancelled(start=start, end=end):
                return Sales(tuple(window for window in self.windows if (window.start, window.end) != (start, end)))
            case SaleStarted():
                return self._noted(event, started=True)
            case SaleEnded():
                return self._noted(event, ended=True)
            case _:
                assert_never(event)

    def _noted(self, event: SaleStarted | SaleEnded, **noted: bool) -> "Sales":
        about = self._find(event.start, event.end)
        return Sales(tuple(replace(window, **noted) if window is about else window for window in self.windows))

    def _find(self, start: datetime, end: datetime) -> SaleWindow | None:
        return next((window for window in self.windows if (window.start, window.end) == (start, end)), None)
