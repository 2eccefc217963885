"""A cancellation takes back the latest earlier sale that has as many units left."""

from decimal import Decimal

from benchmarks.retail.matching import Refund, match
from benchmarks.retail.reading import Invoice, Reason, Row, Unusable


def sale(line: int, quantity: int, *, code: str = "A", price: str = "2.50", customer: str = "9") -> Row:
    return Row(line, f"5{line}", code, "Mug", quantity, Decimal(price), customer)


def cancellation(line: int, quantity: int, *, code: str = "A", price: str = "2.50", customer: str = "9") -> Row:
    return Row(line, f"C{line}", code, "Mug", -quantity, Decimal(price), customer)


def matched(sales: list[Row], *cancellations: Row) -> tuple[list[Refund], list[Unusable]]:
    invoices = [Invoice(row.invoice, row.buyer, [row]) for row in sales]
    return match(invoices, cancellations)


def test_it_takes_back_the_latest_earlier_sale() -> None:
    refunds, unmatched = matched([sale(2, 6), sale(3, 6), sale(9, 6)], cancellation(5, 4))
    assert [(refund.invoice.number, refund.amount) for refund in refunds] == [("53", Decimal("10.00"))]
    assert unmatched == []


def test_it_takes_no_more_back_than_was_sold() -> None:
    cancellations = [cancellation(5, 4), cancellation(6, 4), cancellation(7, 4)]
    refunds, unmatched = matched([sale(2, 6), sale(3, 6)], *cancellations)
    assert [refund.invoice.number for refund in refunds] == ["53", "52"]
    assert [(row.line, row.reason) for row in unmatched] == [(7, Reason.SOLD_LESS)]


def test_it_needs_a_sale_of_the_same_product_to_the_same_customer_before_it() -> None:
    sales = [sale(2, 6, code="B"), sale(3, 6, price="2.49"), sale(4, 6, customer="8"), sale(6, 6)]
    refunds, unmatched = matched(sales, cancellation(5, 1))
    assert refunds == []
    assert [(row.line, row.reason) for row in unmatched] == [(5, Reason.NO_SALE)]
