"""Two readings of the real file that share no code come to the same figures."""

from collections import Counter
from decimal import Decimal

from benchmarks.retail.matching import match
from benchmarks.retail.reading import read
from benchmarks.retail_truth import figures
from tests.support.retail import FILE, needs_the_file


@needs_the_file
def test_the_loader_and_the_truth_read_the_same_figures() -> None:
    retail, truth = read(FILE), figures(FILE)
    refunds, unmatched = match(retail.invoices.values(), retail.cancellations)
    refunded = Counter[str]()
    for refund in refunds:
        refunded[refund.invoice.buyer] += int(refund.amount * 100)

    assert (retail.rows, retail.amount) == (truth.rows, Decimal(truth.revenue).scaleb(-2))
    assert {
        (code, int(price * 100)): product.units for (code, price), product in retail.products.items()
    } == truth.units
    assert {buyer: len(invoices) for buyer, invoices in retail.buyers().items()} == truth.orders
    assert refunded == truth.refunded
    assert retail.rows + len(retail.unusable) + len(unmatched) + len(refunds) == 6_349


@needs_the_file
def test_the_file_holds_what_is_known_of_it() -> None:
    retail = read(FILE)
    refunds, _ = match(retail.invoices.values(), retail.cancellations)
    assert (retail.rows, retail.amount) == (6_257, Decimal("123340.89"))
    assert len(refunds) == 5
    assert max(len(invoice.units) for invoice in retail.invoices.values()) == 593
