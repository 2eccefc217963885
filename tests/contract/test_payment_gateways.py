"""Every payment provider does what the contract says; the one with books also under contention."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports.gateway import (
    Charge,
    ChargeStatus,
    ChargeUnproven,
    GatewayRefused,
    GatewayUnavailable,
    Handover,
    PaymentGateway,
    Receipt,
)
from domain.shared.money import Money
from infrastructure.payments.razorpay import RazorpayGateway
from infrastructure.payments.razorpay_webhook import order_of, signature_of
from infrastructure.payments.simulated import SimulatedGateway
from tests.contract.gateway_contract import KEY, PRICE, GatewayContract
from tests.contract.simulation_contract import SimulationContract, charged
from tests.support.fake_gateway import FakeGateway

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with AsyncConnectionPool(database, min_size=4, max_size=8, open=False) as pool:
        yield pool


class TestFakeGateway(SimulationContract):
    @pytest.fixture
    def gateway(self) -> FakeGateway:
        return FakeGateway()


class TestSimulatedGateway(SimulationContract):
    @pytest.fixture
    def gateway(self, pool: Pool) -> SimulatedGateway:
        return SimulatedGateway(pool)

    async def test_the_books_outlive_the_process(self, gateway: SimulatedGateway, pool: Pool) -> None:
        charge = await charged(gateway)
        assert await SimulatedGateway(pool).find(KEY) == charge

    async def test_one_key_asked_for_at_once_is_charged_once(self, pool: Pool) -> None:
        gateways = [SimulatedGateway(pool) for _ in range(8)]
        asked = [charged(gateway, f"txn_{n}") for n, gateway in enumerate(gateways)]
        assert len({charge.transaction_id for charge in await asyncio.gather(*asked)}) == 1

    async def test_charge_and_void_at_once_agree(self, pool: Pool) -> None:
        gateway = SimulatedGateway(pool)
        for n in range(20):
            key = UUID(int=100 + n)
            with pytest.raises(GatewayUnavailable):
                await charged(gateway, "txn_error", key=key)
            charge, void = await asyncio.gather(charged(gateway, key=key), gateway.void(key, PRICE))
            assert charge == void
            assert charge.status in {ChargeStatus.SUCCEEDED, ChargeStatus.VOIDED}

    async def test_refunds_at_once_never_exceed_the_charge(self, gateway: SimulatedGateway) -> None:
        await charged(gateway)
        half = Money(PRICE.minor // 2, PRICE.currency)
        asked = [gateway.refund(key=UUID(int=200 + n), charge=KEY, amount=half) for n in range(6)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, Receipt) for answer in answers) == 2
        assert sum(isinstance(answer, GatewayRefused) for answer in answers) == 4

    async def test_books_out_of_reach_are_an_outage(self) -> None:
        nowhere: Pool = AsyncConnectionPool("host=/nowhere", min_size=0, max_size=1, open=False, timeout=0.1)
        async with nowhere:
            with pytest.raises(GatewayUnavailable):
                await SimulatedGateway(nowhere).find(KEY)


SECRET = "only-razorpay-knows"


def proof(key: UUID, transaction: str) -> str:
    """As its checkout gives it to the client."""
    return signature_of(SECRET, f"{order_of(key)}|{transaction}".encode())


class TestRazorpayGateway(GatewayContract):
    @pytest.fixture
    def gateway(self, pool: Pool) -> RazorpayGateway:
        return RazorpayGateway(pool, [SECRET, "the-one-before"])

    async def succeeds(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        made = await gateway.charge(key=key, amount=PRICE, reference="pay_1", proof=proof(key, "pay_1"))
        assert isinstance(made, Charge)
        return made

    async def declines(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        assert isinstance(gateway, RazorpayGateway)
        failed = Charge(key=key, status=ChargeStatus.DECLINED, amount=PRICE, transaction_id="pay_0", reason="No.")
        await gateway.learn(failed)
        return failed

    async def begins(self, gateway: PaymentGateway, *, key: UUID = KEY) -> None:
        made = await gateway.charge(key=key, amount=PRICE, reference=None)
        assert isinstance(made, Handover)
        assert (made.next_action or {})["orderId"] == order_of(key)

    @pytest.mark.parametrize(
        ("reference", "signature"),
        [("pay_1", ""), ("pay_1", "é"), ("pay_1", proof(KEY, "pay_2")), ("pay_1", proof(UUID(int=9), "pay_1")),
         (None, proof(KEY, "None"))],
    )  # fmt: skip
    async def test_what_cannot_be_shown_is_not_believed(
        self, gateway: RazorpayGateway, reference: str | None, signature: str
    ) -> None:
        with pytest.raises(ChargeUnproven):
            await gateway.charge(key=KEY, amount=PRICE, reference=reference, proof=signature)
        assert await gateway.find(KEY) is None

    async def test_money_that_came_after_a_void_can_go_back(self, gateway: RazorpayGateway) -> None:
        await gateway.void(KEY, PRICE)
        late = Charge(key=KEY, status=ChargeStatus.SUCCEEDED, amount=PRICE, transaction_id="pay_1")
        await gateway.learn(late)
        await gateway.learn(Charge(key=KEY, status=ChargeStatus.DECLINED, amount=PRICE, transaction_id="pay_0"))
        assert await gateway.find(KEY) == late
        assert (await gateway.refund(key=UUID(int=3), charge=KEY, amount=PRICE)).amount == PRICE
