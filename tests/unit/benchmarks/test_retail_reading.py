"""Every row of the retail file is used, or left out for a reason that is said."""

from decimal import Decimal

import pytest

from benchmarks.retail.reading import LARGEST_LINE, Reason, Retail, collect

GOOD = {
    "InvoiceNo": "1", "StockCode": "A", "Description": "Mug", "Quantity": "2", "InvoiceDate": "1/12/2010",
    "UnitPrice": "2.5", "CustomerID": "9", "Country": "France",
}  # fmt: skip


def retail(*rows: dict[str, str]) -> Retail:
    return collect([GOOD | row for row in rows])


@pytest.mark.parametrize(
    ("dirt", "reason"),
    [
        ({"Quantity": ""}, Reason.INCOMPLETE),
        ({"Quantity": "many"}, Reason.INCOMPLETE),
        ({"Quantity": "1.5"}, Reason.INCOMPLETE),
        ({"Quantity": "1e99"}, Reason.INCOMPLETE),
        ({"UnitPrice": "NaN"}, Reason.INCOMPLETE),
        ({"UnitPrice": "Infinity"}, Reason.INCOMPLETE),
        ({"InvoiceNo": " "}, Reason.INCOMPLETE),
        ({"StockCode": ""}, Reason.INCOMPLETE),
        ({"Quantity": "0"}, Reason.NOTHING_SOLD),
        ({"Quantity": "-3"}, Reason.STOCK_CORRECTION),
        ({"UnitPrice": "0"}, Reason.NO_PRICE),
        ({"UnitPrice": "0", "Quantity": "-3"}, Reason.NO_PRICE),
        ({"UnitPrice": "-11062.06"}, Reason.NEGATIVE_PRICE),
        ({"UnitPrice": "0.001"}, Reason.TOO_PRECISE),
        ({"Quantity": str(LARGEST_LINE + 1)}, Reason.LINE_TOO_LARGE),
        ({"InvoiceNo": "C1", "Quantity": "1"}, Reason.CANCELS_NOTHING),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_its_reason(dirt: dict[str, str], reason: Reason) -> None:
    found = retail({}, dirt)
    assert [(row.line, row.reason) for row in found.unusable] == [(3, reason)]
    assert found.rows == 1
    assert found.cancellations == []


def test_a_line_that_lacks_columns_is_incomplete() -> None:
    cut_off: dict[str, str | None] = {**GOOD, "UnitPrice": None}
    assert [row.reason for row in collect([cut_off]).unusable] == [Reason.INCOMPLETE]


def test_a_product_is_its_code_and_price_under_its_first_description() -> None:
    found = retail({}, {"Description": "mug, wrongly"}, {"UnitPrice": "2.50", "Quantity": "1"}, {"UnitPrice": "3"})
    assert [(product.name, product.price, product.units) for product in found.products.values()] == [
        ("Mug", Decimal("2.5"), 5),
        ("Mug", Decimal(3), 2),
    ]


def test_a_product_without_a_description_is_named_by_its_code() -> None:
    assert [product.name for product in retail({"Description": "  "}).products.values()] == ["A"]


def test_a_row_without_a_customer_belongs_to_a_buyer_of_its_invoice() -> None:
    found = retail({"CustomerID": ""}, {"CustomerID": "", "InvoiceNo": "2"}, {"CustomerID": ""}, {})
    assert {buyer: len(invoices) for buyer, invoices in found.buyers().items()} == {
        "invoice-1": 1,
        "invoice-2": 1,
        "customer-9": 1,
    }
    assert found.invoices["1", "invoice-1"].amount == Decimal(10)


def test_rows_of_one_product_in_one_invoice_add_up_to_what_one_line_may_hold() -> None:
    most = str(LARGEST_LINE - 2)
    found = retail({}, {"Quantity": most}, {"Quantity": "1"})
    invoice = found.invoices["1", "customer-9"]
    assert invoice.units == {("A", Decimal("2.5")): LARGEST_LINE}
    assert invoice.amount == LARGEST_LINE * Decimal("2.5")
    assert [(row.line, row.reason) for row in found.unusable] == [(4, Reason.LINE_TOO_LARGE)]


def test_a_cart_takes_no_more_products_than_the_shop_allows() -> None:
    found = retail(*({"StockCode": str(number)} for number in range(1_001)), {"StockCode": "7"})
    assert [(row.line, row.reason) for row in found.unusable] == [(1_002, Reason.CART_TOO_LARGE)]
    assert found.rows == 1_001


def test_cancellations_are_kept_apart() -> None:
    found = retail({}, {"InvoiceNo": "C2", "Quantity": "-1"})
    assert [row.line for row in found.cancellations] == [3]
    assert found.amount == Decimal(5)
