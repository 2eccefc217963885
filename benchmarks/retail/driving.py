"""Plays the file into a running shop: products, customers, carts, checkouts, payments, refunds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from benchmarks.retail.client import Login, Session, Shop, ShopRefused
from benchmarks.retail.matching import Refund
from benchmarks.retail.reading import Invoice, Product, ProductKey, Retail

EVERYBODYS = "from-the-real-file"
"""Password: the customers are those of a public file."""
REFUND_SECONDS = 60.0
POLL_SECONDS = 0.05

T = TypeVar("T")
Advance = Callable[[str], None]
"""Is called with the name of the stage of which one more is done."""


@dataclass(frozen=True, slots=True)
class Sold:
    """One invoice as the shop knows it."""

    order_id: str
    payment_id: str


@dataclass(slots=True)
class Played:
    """What the run left behind in the shop."""

    products: dict[ProductKey, str] = field(default_factory=dict)
    sold: dict[tuple[str, str], Sold] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class RefundOverdue(Exception):
    """The shop accepted refunds and did not make them in time."""


@dataclass(slots=True, kw_only=True)
class Player:
    """Everything it writes carries a key derived from the file, so a run that broke off is simply run again."""

    shop: Shop
    seller: Session
    admin: Session
    advance: Advance
    played: Played = field(default_factory=Played)

    async def play(self, retail: Retail, refunds: Sequence[Refund]) -> Played:
        await self._each(retail.products.values(), self._list_product)
        await self._each(retail.buyers().items(), self._serve)
        await self._each(refunds, self._request_refund)
        await self._each(_by_invoice(refunds).items(), self._await_refunds)
        return self.played

    async def _each(self, items: Iterable[T], act: Callable[[T], Awaitable[None]]) -> None:
        """A few at a time; the first failure ends the run."""
        waiting = iter(items)

        async def work() -> None:
            for item in waiting:
                await act(item)

        async with asyncio.TaskGroup() as group:
            for _ in range(self.shop.connections):
                group.create_task(work())

    async def _list_product(self, product: Product) -> None:
        """Stocked with exactly what the file sells of it."""
        body = {"name": product.name, "price": product.price, "sku": product.code, "quantity": product.units}
        listed = await self.seller.post("/products", body, key=f"retail-product-{product.code}-{product.price}")
        self.played.products[product.code, product.price] = listed["id"]
        self.advance("products")

    async def _serve(self, buyer: tuple[str, list[Invoice]]) -> None:
        """One customer's invoices, one after another: there is one cart."""
        name, invoices = buyer
        session = await self._register(name)
        self.advance("customers")
        for invoice in invoices:
            await self._fill_cart(session, invoice)
            self.played.sold[invoice.number, invoice.buyer] = await self._buy(session, invoice)
            self.advance("orders")

    async def _register(self, name: str) -> Session:
        login = Login(f"{name}@retail.example", EVERYBODYS)
        body = {"email": login.email, "password": login.password, "name": name}
        await self.shop.send("POST", "/auth/register", body, key=f"retail-register-{name}")
        return await self.shop.log_in(login)

    async def _fill_cart(self, session: Session, invoice: Invoice) -> None:
        for row in invoice.rows:
            body = {"productId": self.played.products[row.product], "quantity": row.quantity}
            await session.post("/cart/items", body, key=f"retail-row-{row.line}")
            self.advance("rows")

    async def _buy(self, session: Session, invoice: Invoice) -> Sold:
        order = await session.post("/checkout", {}, key=f"retail-checkout-{invoice.number}")
        self._compare(f"order of invoice {invoice.number}", order["payableAmount"], invoice.amount)
        body = {"orderId": order["orderId"], "method": "CARD", "transactionId": f"retail-{invoice.number}"}
        payment = await session.post("/payments", body, key=f"retail-pay-{invoice.number}")
        self._compare(f"payment of invoice {invoice.number}", payment["status"], "success")
        return Sold(order["orderId"], payment["paymentId"])

    async def _request_refund(self, refund: Refund) -> None:
        row = refund.cancellation
        path = f"/payments/{self._sale(refund.invoice).payment_id}/refunds"
        body = {"amount": refund.amount, "reason": f"Invoice {row.invoice}, line {row.line}"}
        await self.admin.post(path, body, key=f"retail-refund-{row.line}")
        self.advance("refunds")

    async def _await_refunds(self, refunds: tuple[tuple[str, str], Decimal]) -> None:
        """Until the payment says that the money is back. Raises RefundOverdue."""
        invoice, due = refunds
        path = f"/payments/{self.played.sold[invoice].payment_id}"
        try:
            async with asyncio.timeout(REFUND_SECONDS):
                while await self._refunded(path) < due:  # noqa: ASYNC110 - there is only the API to ask
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise RefundOverdue(f"invoice {invoice[0]}: not refunded within {REFUND_SECONDS:.0f} s") from None

    async def _refunded(self, path: str) -> Decimal:
        """Nothing as long as the read model has not even the payment."""
        try:
            return Decimal((await self.admin.get(path))["refunded"])
        except ShopRefused as refused:
            if refused.status != 404:
                raise
            return Decimal(0)

    def _sale(self, invoice: Invoice) -> Sold:
        return self.played.sold[invoice.number, invoice.buyer]

    def _compare(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            self.played.failures.append(f"{what}: {found}, expected {expected}")


def _by_invoice(refunds: Sequence[Refund]) -> dict[tuple[str, str], Decimal]:
    due: dict[tuple[str, str], Decimal] = {}
    for refund in refunds:
        key = refund.invoice.number, refund.invoice.buyer
        due[key] = due.get(key, Decimal()) + refund.amount
    return due
