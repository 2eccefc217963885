"""Which earlier sale a cancellation takes back: same customer, same product, with that many units left."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.retail.reading import Invoice, Reason, Row, Unusable


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to give back for one cancellation row."""

    cancellation: Row
    invoice: Invoice

    @property
    def amount(self) -> Decimal:
        return -self.cancellation.quantity * self.cancellation.price


@dataclass(slots=True)
class _Sale:
    row: Row
    invoice: Invoice
    left: int


def match(invoices: Iterable[Invoice], cancellations: Iterable[Row]) -> tuple[list[Refund], list[Unusable]]:
    """The latest sale before the cancellation's line that has enough left; a row is taken back whole or not at all."""
    sales = _by_customer_and_product(invoices)
    refunds, unmatched = list[Refund](), list[Unusable]()
    for row in cancellations:
        earlier = [sale for sale in sales.get((row.buyer, *row.product), []) if sale.row.line < row.line]
        sale = next((sale for sale in reversed(earlier) if sale.left >= -row.quantity), None)
        if sale is None:
            reason = Reason.SOLD_LESS if earlier else Reason.NO_SALE
            unmatched.append(Unusable(row.line, row.invoice, row.code, reason))
        else:
            sale.left += row.quantity
            refunds.append(Refund(row, sale.invoice))
    return refunds, unmatched


def _by_customer_and_product(invoices: Iterable[Invoice]) -> dict[tuple[str, str, Decimal], list[_Sale]]:
    found: dict[tuple[str, str, Decimal], list[_Sale]] = {}
    for invoice in invoices:
        for row in invoice.rows:
            found.setdefault((row.buyer, *row.product), []).append(_Sale(row, invoice, row.quantity))
    return {key: sorted(sales, key=lambda sale: sale.row.line) for key, sales in found.items()}
