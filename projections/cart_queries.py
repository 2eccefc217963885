"""A buyer's cart as it is shown: what was put in, beside what the products cost now and how many there are."""

from datetime import datetime
from enum import StrEnum

import msgspec

from domain.promotions.pricing import Sale
from domain.shared.identifiers import AccountId, CartId, ProductId
from domain.shared.money import Money
from projections import bulk
from projections.catalogue import decode_sales
from projections.projection import Connection

# One statement, so that cart, prices and stock are of one instant.
_CART = """
SELECT c.id, c.buyer_id, c.version, c.created_at, c.updated_at,
       l.product_id, l.quantity, l.price_minor, l.currency, p.name, p.seller_id, p.price_minor,
       p.discount, p.sales, p.currency, coalesce(p.withdrawn, true), greatest(coalesce(s.on_hand - s.reserved, 0), 0)
  FROM {carts}.cart c
  LEFT JOIN {carts}.cart_line l ON l.cart_id = c.id
  LEFT JOIN {catalogue}.product p ON p.id = l.product_id
  LEFT JOIN {stock}.level s ON s.product_id = l.product_id
 WHERE c.buyer_id = %b
 ORDER BY l.added_at, l.added_as
"""


class LineWarning(StrEnum):
    """Why a line may not be bought as it stands; the gravest first."""

    NOT_AVAILABLE = "not-available"
    """The product was withdrawn."""
    OUT_OF_STOCK = "out-of-stock"
    SHORT = "insufficient-stock"
    """There is some, but not as many."""
    PRICE_CHANGED = "price-changed"


class CartLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One product in the cart. Where the catalogue does not know it (yet), name and seller are None."""

    product_id: ProductId
    name: str | None
    seller_id: AccountId | None
    quantity: int
    seen_price: Money
    """Of one unit, when it was put in."""
    price: Money
    """Of one unit now; the price seen where there is no other."""
    full_price: Money
    """Of one unit now, before discounts."""
    available: int
    warning: LineWarning | None

    @property
    def line_total(self) -> Money:
        return Money(self.price.minor * self.quantity, self.price.currency)


class CartRow(msgspec.Struct, frozen=True, kw_only=True):
    id: CartId
    buyer_id: AccountId
    version: int
    created_at: datetime
    updated_at: datetime
    lines: tuple[CartLineRow, ...]

    @property
    def sales(self) -> tuple[Sale, ...]:
        """What could be bought of it, at the prices of now and without tax."""
        return tuple(
            Sale(
                product_id=line.product_id,
                seller_id=line.seller_id,
                name=line.name or "",
                quantity=line.quantity,
                price=line.price,
                tax_rate=0,
            )
            for line in self.lines
            if line.seller_id is not None and line.warning is not LineWarning.NOT_AVAILABLE
        )

    def total(self, currency: str) -> Money:
        """At the prices of now, of what can still be bought; the currency is that of an empty cart."""
        wanted = [line for line in self.lines if line.warning is not LineWarning.NOT_AVAILABLE]
        if not wanted:
            return Money(0, currency)
        return Money(sum(line.line_total.minor for line in wanted), wanted[0].price.currency)


class _Joined(msgspec.Struct, frozen=True):
    """The line's part of a row, columns in order."""

    product_id: ProductId
    quantity: int
    seen_minor: int
    seen_currency: str
    name: str | None
    seller_id: AccountId | None
    price_minor: int | None
    discount: int | None
    sales: str | None
    currency: str | None
    withdrawn: bool
    available: int

    def line(self, at: datetime) -> CartLineRow:
        seen = Money(self.seen_minor, self.seen_currency)
        full = seen if self.price_minor is None else Money(self.price_minor, self.currency or seen.currency)
        price = full if self.sales is None else decode_sales(self.sales).price(full, self.discount or 0, at)
        return CartLineRow(
            product_id=self.product_id,
            name=self.name,
            seller_id=self.seller_id,
            quantity=self.quantity,
            seen_price=seen,
            price=price,
            full_price=full,
            available=self.available,
            warning=self._warning(seen, price),
        )

    def _warning(self, seen: Money, price: Money) -> LineWarning | None:
        if self.withdrawn:
            return LineWarning.NOT_AVAILABLE
        if self.available == 0:
            return LineWarning.OUT_OF_STOCK
        if self.available < self.quantity:
            return LineWarning.SHORT
        return LineWarning.PRICE_CHANGED if price != seen else None


async def cart(
    conn: Connection, buyer: AccountId, *, carts: str, catalogue: str, stock: str, at: datetime
) -> CartRow | None:
    """The buyer's one cart at that instant's prices; None before its first use."""
    rows = await bulk.read(conn, _CART.format(carts=carts, catalogue=catalogue, stock=stock), (buyer,))
    if not rows:
        return None
    id_, buyer_id, version, created_at, updated_at, *_ = rows[0]
    return CartRow(
        id=id_,
        buyer_id=buyer_id,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
        lines=tuple(_Joined(*row[5:]).line(at) for row in rows if row[5] is not None),
    )
