"""Sales are noted where they start and where they end. Nobody's price waits for that.

SaleScheduled, from s to e ──▶ at s: StartSale
                           ──▶ at e: EndSale
SaleCancelled              ──▶ no longer
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from application.processes.process import Decision, Due, ProcessManager, Withdraw
from application.sales import EndSale, StartSale
from domain.catalogue.events import SaleCancelled, SaleEnded, SaleScheduled
from domain.shared.event import Event

Window = tuple[datetime, datetime]


class AwaitedSales(msgspec.Struct, frozen=True):
    """The windows of one product that are not over, in the order of time."""

    windows: tuple[Window, ...]


def instance(event: Event) -> UUID | None:
    match event:
        case SaleScheduled() | SaleCancelled() | SaleEnded():
            return event.product_id
        case _:
            return None


def react(awaited: AwaitedSales | None, event: Event) -> tuple[AwaitedSales | None, Sequence[Decision]]:
    windows = set(awaited.windows if awaited else ())
    match event:
        case SaleScheduled(product_id=product_id, start=start, end=end):
            starts = Due(_start(start, end), StartSale(product_id=product_id, start=start, end=end), at=start)
            ends = Due(_end(start, end), EndSale(product_id=product_id, start=start, end=end), at=end)
            return _awaiting(windows | {(start, end)}), (starts, ends)
        case SaleCancelled(start=start, end=end) if (start, end) in windows:
            return _awaiting(windows - {(start, end)}), (Withdraw(_start(start, end)), Withdraw(_end(start, end)))
        case SaleEnded(start=start, end=end):
            return _awaiting(windows - {(start, end)}), ()
        case _:
            return awaited, ()


def _awaiting(windows: set[Window]) -> AwaitedSales | None:
    return AwaitedSales(tuple(sorted(windows))) if windows else None


def _start(start: datetime, end: datetime) -> str:
    return f"start {start.isoformat()} {end.isoformat()}"


def _end(start: datetime, end: datetime) -> str:
    return f"end {start.isoformat()} {end.isoformat()}"


SALE_WINDOWS: ProcessManager[AwaitedSales] = ProcessManager(
    name="sale-windows",
    version=1,
    events=(SaleScheduled, SaleCancelled, SaleEnded),
    state=AwaitedSales,
    instance=instance,
    react=react,
)
