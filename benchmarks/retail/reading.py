"""Rows of the *Online Retail* file: sales, cancellations, and what cannot be used with the reason why not."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

LARGEST_LINE = 10_000
"""Units of one product that a cart holds."""
MOST_LINES = 1_000
"""Products that a cart holds."""
LONGEST_NAME = 200

ProductKey = tuple[str, Decimal]
"""Stock code and unit price: what changes its price is another product."""


class Reason(StrEnum):
    INCOMPLETE = "a cell is missing or is no number"
    NOTHING_SOLD = "the quantity is zero"
    STOCK_CORRECTION = "a negative quantity that cancels nothing (stock correction)"
    NO_PRICE = "the price is zero"
    NEGATIVE_PRICE = "the price is negative"
    TOO_PRECISE = "the price has fractions of a penny"
    LINE_TOO_LARGE = f"more than {LARGEST_LINE:,} units of a product in one invoice"
    CART_TOO_LARGE = f"more than {MOST_LINES:,} products in one invoice"
    CANCELS_NOTHING = "a cancellation with a quantity above zero"
    NO_SALE = "a cancellation without an earlier sale of the product to the customer in this file"
    SOLD_LESS = "a cancellation of more than any earlier sale has left"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file. `line` counts from 2, as an editor shows it."""

    line: int
    invoice: str
    code: str
    description: str
    quantity: int
    price: Decimal
    customer: str

    @property
    def product(self) -> ProductKey:
        return self.code, self.price

    @property
    def buyer(self) -> str:
        """Who bought: the customer, or somebody who bought this invoice only."""
        return f"customer-{self.customer}" if self.customer else f"invoice-{self.invoice}"

    @property
    def cancels(self) -> bool:
        return self.invoice.startswith("C")


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that was left out."""

    line: int
    invoice: str
    code: str
    reason: Reason


@dataclass(slots=True)
class Product:
    """What the shop has to list, and how many units of it are sold in all."""

    code: str
    price: Decimal
    name: str
    units: int = 0


@dataclass(slots=True)
class Invoice:
    """One order to be: every row of it is put into the buyer's cart."""

    number: str
    buyer: str
    rows: list[Row] = field(default_factory=list)
    units: dict[ProductKey, int] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        return sum((row.quantity * row.price for row in self.rows), Decimal())

    def take(self, row: Row) -> Reason | None:
        """Add the row, or say why the cart would not hold it."""
        units = self.units.get(row.product, 0) + row.quantity
        if units > LARGEST_LINE:
            return Reason.LINE_TOO_LARGE
        if row.product not in self.units and len(self.units) == MOST_LINES:
            return Reason.CART_TOO_LARGE
        self.units[row.product] = units
        self.rows.append(row)
        return None


@dataclass(slots=True)
class Retail:
    """The whole file, in its order."""

    products: dict[ProductKey, Product] = field(default_factory=dict)
    invoices: dict[tuple[str, str], Invoice] = field(default_factory=dict)
    """By number and buyer."""
    cancellations: list[Row] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(len(invoice.rows) for invoice in self.invoices.values())

    @property
    def amount(self) -> Decimal:
        return sum((invoice.amount for invoice in self.invoices.values()), Decimal())

    def buyers(self) -> dict[str, list[Invoice]]:
        """Each buyer's invoices, in the file's order."""
        found: dict[str, list[Invoice]] = {}
        for invoice in self.invoices.values():
            found.setdefault(invoice.buyer, []).append(invoice)
        return found


def read(path: Path) -> Retail:
    """Every row of the file, used or accounted for."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return collect(csv.DictReader(file))


def collect(cells: Iterable[Mapping[str, str | None]]) -> Retail:
    retail = Retail()
    for parsed in _parsed(cells):
        if isinstance(parsed, Unusable):
            retail.unusable.append(parsed)
        elif reason := _unusable(parsed) or _place(parsed, retail):
            retail.unusable.append(Unusable(parsed.line, parsed.invoice, parsed.code, reason))
    return retail


def _parsed(lines: Iterable[Mapping[str, str | None]]) -> Iterator[Row | Unusable]:
    for number, cells in enumerate(lines, start=2):
        invoice, code = _text(cells, "InvoiceNo"), _text(cells, "StockCode")
        quantity, price = _number(_text(cells, "Quantity")), _number(_text(cells, "UnitPrice"))
        if not invoice or not code or quantity is None or price is None or quantity != int(quantity):
            yield Unusable(number, invoice, code, Reason.INCOMPLETE)
            continue
        yield Row(
            line=number,
            invoice=invoice,
            code=code,
            description=" ".join(_text(cells, "Description").split())[:LONGEST_NAME],
            quantity=int(quantity),
            price=price,
            customer=_text(cells, "CustomerID"),
        )


def _text(cells: Mapping[str, str | None], column: str) -> str:
    return (cells.get(column) or "").strip()


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def _unusable(row: Row) -> Reason | None:
    """Why the row is neither a sale nor a cancellation."""
    if row.price <= 0:
        return Reason.NEGATIVE_PRICE if row.price < 0 else Reason.NO_PRICE
    if row.price != round(row.price, 2):
        return Reason.TOO_PRECISE
    if row.quantity == 0:
        return Reason.NOTHING_SOLD
    if row.cancels:
        return Reason.CANCELS_NOTHING if row.quantity > 0 else None
    return Reason.STOCK_CORRECTION if row.quantity < 0 else None


def _place(row: Row, retail: Retail) -> Reason | None:
    if row.cancels:
        retail.cancellations.append(row)
        return None
    key = row.invoice, row.buyer
    invoice = retail.invoices.get(key) or Invoice(*key)
    refused = invoice.take(row)
    if refused is None:
        retail.invoices[key] = invoice
        name = row.description or row.code
        retail.products.setdefault(row.product, Product(row.code, row.price, name)).units += row.quantity
    return refused
