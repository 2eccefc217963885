"""What the simulated provider and its twin do beyond the contract: the client's transaction id says what happens."""

from uuid import UUID

import pytest

from application.ports.gateway import Charge, ChargeStatus, GatewayUnavailable, PaymentGateway
from tests.contract.gateway_contract import KEY, OTHER, PRICE, GatewayContract


async def charged(gateway: PaymentGateway, reference: str | None = None, *, key: UUID = KEY) -> Charge:
    made = await gateway.charge(key=key, amount=PRICE, reference=reference)
    assert isinstance(made, Charge)
    return made


class SimulationContract(GatewayContract):
    async def succeeds(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        return await charged(gateway, key=key)

    async def declines(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        return await charged(gateway, "txn_decline_1", key=key)

    async def begins(self, gateway: PaymentGateway, *, key: UUID = KEY) -> None:
        with pytest.raises(GatewayUnavailable):
            await charged(gateway, "txn_error_1", key=key)

    async def test_the_clients_own_transaction_id_is_believed(self, gateway: PaymentGateway) -> None:
        assert (await charged(gateway, "txn_mine")).transaction_id == "txn_mine"
        assert (await charged(gateway, key=OTHER)).transaction_id == f"sim_{OTHER.hex}"

    async def test_a_lost_answer_turns_out_to_be_a_success(self, gateway: PaymentGateway) -> None:
        with pytest.raises(GatewayUnavailable):
            await charged(gateway, "txn_timeout_1")
        found = await gateway.find(KEY)
        assert found is not None
        assert found.status is ChargeStatus.SUCCEEDED
        assert await charged(gateway, "txn_timeout_1") == found

    async def test_an_outage_passes_at_the_third_try(self, gateway: PaymentGateway) -> None:
        for _ in range(2):
            with pytest.raises(GatewayUnavailable):
                await charged(gateway, "txn_error_1")
            assert await gateway.find(KEY) is None
        assert (await charged(gateway, "txn_error_1")).status is ChargeStatus.SUCCEEDED
