"""Every payment provider does what the contract says; the one with books also under contention."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports.gateway import ChargeStatus, GatewayRefused, GatewayUnavailable, Receipt
from domain.shared.money import Money
from infrastructure.payments.simulated import SimulatedGateway
from tests.contract.gateway_contract import KEY, PRICE, GatewayContract, charged
from tests.support.fake_gateway import FakeGateway

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with AsyncConnectionPool(database, min_size=4, max_size=8, open=False) as pool:
        yield pool


class TestFakeGateway(GatewayContract):
    @pytest.fixture
    def gateway(self) -> FakeGateway:
        return FakeGateway()


class TestSimulatedGateway(GatewayContract):
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
