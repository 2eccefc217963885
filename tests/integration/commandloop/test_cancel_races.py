"""A seller's cancel against a buyer's, in two processes: whoever is first, no money goes back twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import msgspec
import pytest

from application.accounts.registration import RegisterAccount
from application.catalogue import ListProduct
from application.ordering.cancelling import CancelOrder
from application.ordering.checkout import Checkout, Item
from application.ordering.fulfilment import AdvanceOrder
from application.payments import AttemptKept, RecordCharge, RequestRefund, StartPayment
from application.ports.commands import Command, CommandBus, Outcome
from application.ports.gateway import ChargeStatus
from domain.accounts.events import Role
from domain.ordering.progress import Status
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ClaimId, OrderId, ProductId, RefundId, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.sealed import Sealed
from infrastructure.bootstrap.writing import command_loop
from infrastructure.settings import load
from tests.support.crowd import envelope
from tests.support.loops import FixedClock, rows

SHOP = Actor.system("tests")
PAID = 2_360
"""Two lines of 10.00 each, with tax."""
_REFUNDS = """
SELECT coalesce(sum((data -> 'amount' ->> 0)::bigint), 0) FROM till.event_log
 WHERE stream = %s AND type = 'payments.refund-requested'
"""
_RELEASED = """
SELECT count(*) FROM till.event_log WHERE type = 'inventory.stock-released' AND data ->> 'order_id' = %s
"""
_MOVED = "SELECT count(*) FROM till.event_log WHERE stream = %s AND type = %s"


@dataclass
class Race:
    """Two processes on one shop, each of which believes what it saw last."""

    database: str
    one: CommandBus
    two: CommandBus
    buyer: AccountId = field(default_factory=lambda: AccountId(uuid4()))
    sellers: tuple[AccountId, AccountId] = field(default_factory=lambda: (AccountId(uuid4()), AccountId(uuid4())))

    async def opens(self) -> None:
        for account, role in ((self.buyer, Role.BUYER), *((each, Role.SELLER) for each in self.sellers)):
            sealed = Sealed(person=account, box="x")
            await self.done(
                self.one,
                SHOP,
                RegisterAccount(
                    account_id=account, email=sealed, email_claim=ClaimId(uuid4()), full_name=sealed, role=role,
                    password_hash="none", person_key="none",
                ),
            )  # fmt: skip
        self.products = []
        for seller in self.sellers:
            product = ProductId(uuid4())
            price = Money(1_000, "INR")
            listing = ListProduct(product_id=product, title="Pot", price=price, quantity=100)
            await self.done(self.one, Actor.of(seller), listing)
            self.products.append(product)

    async def paid_order(self) -> OrderId:
        """One line of each seller; both processes know it."""
        order, buyer = OrderId(uuid4()), Actor.of(self.buyer)
        items = tuple(Item(product_id=product, quantity=1) for product in self.products)
        await self.done(self.one, buyer, Checkout(order_id=order, items=items))
        begun = await self.done(self.two, buyer, StartPayment(order_id=order, method=Method.CARD))
        attempt = msgspec.json.decode(begun.result or b"", type=AttemptKept)
        for bus in (self.one, self.two):
            assert attempt.key is not None
            await self.done(
                bus,
                SHOP,
                RecordCharge(
                    payment_id=attempt.payment_id, key=attempt.key, status=ChargeStatus.SUCCEEDED,
                    amount=attempt.amount, transaction_id="tx",
                ),
            )  # fmt: skip
        return order

    @staticmethod
    async def ask(bus: CommandBus, actor: Actor, command: Command) -> Outcome:
        return await bus.submit(envelope(command, actor))

    async def done(self, bus: CommandBus, actor: Actor, command: Command) -> Outcome:
        outcome = await self.ask(bus, actor, command)
        assert outcome.refusal is None, outcome.refusal
        return outcome

    def refunded(self, order: OrderId) -> int:
        return int(rows(self.database, _REFUNDS, payment_of(order))[0][0])

    def moved(self, stream: UUID, kind: str) -> int:
        return int(rows(self.database, _MOVED, stream, kind)[0][0])

    def released(self, order: OrderId) -> int:
        return int(rows(self.database, _RELEASED, str(order))[0][0])


@pytest.fixture
async def race(database: str, tmp_path: Path) -> AsyncIterator[Race]:
    settings = load({"TILL_HOME": str(tmp_path)}, directory=tmp_path).settings
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(command_loop(settings, database, clock=FixedClock(), process=name))
            for name in ("one", "two")
        ]
        race = Race(database, one, two)
        await race.opens()
        yield race


def cancelling(order: OrderId) -> CancelOrder:
    return CancelOrder(order_id=order, reason="No.")


async def test_a_seller_is_told_that_the_buyer_was_faster(race: Race) -> None:
    order = await race.paid_order()
    await race.done(race.one, Actor.of(race.buyer), cancelling(order))
    late = await race.ask(race.two, Actor.of(race.sellers[0]), cancelling(order))
    assert late.refusal is not None
    assert late.refusal.code == "order-not-cancellable"
    assert (race.refunded(order), race.released(order)) == (PAID, 2)


async def test_a_buyer_gets_what_the_faster_seller_left(race: Race) -> None:
    order = await race.paid_order()
    await race.done(race.one, Actor.of(race.sellers[0]), cancelling(order))
    assert race.refunded(order) == PAID // 2
    await race.done(race.two, Actor.of(race.buyer), cancelling(order))
    assert (race.refunded(order), race.released(order)) == (PAID, 2)


async def test_what_was_shipped_meanwhile_is_not_given_back(race: Race) -> None:
    order = await race.paid_order()
    await race.done(race.one, Actor.of(race.sellers[0]), AdvanceOrder(order_id=order, status=Status.SHIPPED))
    await race.done(race.two, Actor.of(race.buyer), cancelling(order))
    assert (race.refunded(order), race.released(order)) == (PAID // 2, 1)
    again = await race.ask(race.two, Actor.of(race.sellers[0]), AdvanceOrder(order_id=order, status=Status.SHIPPED))
    assert again.refusal is not None
    assert race.moved(stock_of(race.products[0]), "inventory.stock-shipped") == 1


async def test_two_sellers_move_at_once(race: Race) -> None:
    order = await race.paid_order()
    ship = AdvanceOrder(order_id=order, status=Status.SHIPPED)
    await asyncio.gather(
        *(race.done(bus, Actor.of(who), ship) for bus, who in zip((race.one, race.two), race.sellers, strict=True))
    )
    assert race.moved(order, "ordering.order-lines-shipped") == 2


async def test_however_it_goes_all_is_given_back_once(race: Race) -> None:
    """Everybody at once, at either process: cancels, and a seller's refund of its own lines."""
    luck = Random(5)
    for _ in range(25):
        order = await race.paid_order()
        refund = RequestRefund(payment_id=payment_of(order), refund_id=RefundId(uuid4()), reason="Torn.")
        asks = [
            (Actor.of(race.buyer), cancelling(order)),
            *((Actor.of(seller), cancelling(order)) for seller in race.sellers),
            (Actor.of(race.sellers[0]), refund),
        ]
        luck.shuffle(asks)
        await asyncio.gather(*(race.ask(luck.choice([race.one, race.two]), *each) for each in asks))
        assert (race.refunded(order), race.released(order)) == (PAID, 2)
