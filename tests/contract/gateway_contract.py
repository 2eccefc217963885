"""What every payment provider must do; each adapter's tests are this class with another `gateway`."""

from uuid import UUID, uuid5

import pytest

from application.ports.gateway import Charge, ChargeStatus, GatewayRefused, GatewayUnavailable, PaymentGateway
from domain.shared.money import Money

PRICE = Money(87_500, "INR")
KEY, OTHER = UUID(int=1), UUID(int=2)
REFUND, SECOND_REFUND = UUID(int=3), UUID(int=4)


async def charged(gateway: PaymentGateway, reference: str | None = None, *, key: UUID = KEY) -> Charge:
    return await gateway.charge(key=key, amount=PRICE, reference=reference)


class GatewayContract:
    async def test_a_charge_takes_the_amount(self, gateway: PaymentGateway) -> None:
        charge = await charged(gateway)
        assert (charge.key, charge.status, charge.amount, charge.reason) == (KEY, ChargeStatus.SUCCEEDED, PRICE, None)
        assert await gateway.find(KEY) == charge

    async def test_the_same_key_is_charged_once(self, gateway: PaymentGateway) -> None:
        first = await charged(gateway, "txn_1")
        assert await gateway.charge(key=KEY, amount=Money(1, "INR"), reference="txn_decline") == first
        assert await gateway.find(KEY) == first

    async def test_a_key_that_never_arrived_is_not_found(self, gateway: PaymentGateway) -> None:
        await charged(gateway)
        assert await gateway.find(OTHER) is None

    async def test_the_clients_own_transaction_id_is_believed(self, gateway: PaymentGateway) -> None:
        assert (await charged(gateway, "txn_mine")).transaction_id == "txn_mine"
        assert (await charged(gateway, key=OTHER)).transaction_id == f"sim_{OTHER.hex}"

    async def test_a_declined_charge_stays_declined(self, gateway: PaymentGateway) -> None:
        declined = await charged(gateway, "txn_decline_1")
        assert declined.status is ChargeStatus.DECLINED
        assert declined.reason
        assert await charged(gateway, "txn_1") == declined

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

    async def test_a_voided_key_takes_no_money_any_more(self, gateway: PaymentGateway) -> None:
        voided = await gateway.void(KEY, PRICE)
        assert voided.status is ChargeStatus.VOIDED
        assert await charged(gateway) == voided
        assert await gateway.find(KEY) == voided
        assert await gateway.void(KEY, PRICE) == voided

    async def test_a_key_that_only_failed_can_be_voided(self, gateway: PaymentGateway) -> None:
        with pytest.raises(GatewayUnavailable):
            await charged(gateway, "txn_error_1")
        assert (await gateway.void(KEY, PRICE)).status is ChargeStatus.VOIDED
        assert (await charged(gateway, "txn_1")).status is ChargeStatus.VOIDED

    @pytest.mark.parametrize("reference", ["txn_1", "txn_decline_1"])
    async def test_a_void_that_comes_too_late_gives_the_charge(self, gateway: PaymentGateway, reference: str) -> None:
        final = await charged(gateway, reference)
        assert await gateway.void(KEY, PRICE) == final

    async def test_money_goes_back_once_per_key(self, gateway: PaymentGateway) -> None:
        await charged(gateway)
        first = await gateway.refund(key=REFUND, charge=KEY, amount=PRICE)
        assert (first.key, first.amount) == (REFUND, PRICE)
        assert await gateway.refund(key=REFUND, charge=KEY, amount=PRICE) == first

    async def test_a_refund_key_means_one_refund(self, gateway: PaymentGateway) -> None:
        await charged(gateway)
        await gateway.refund(key=REFUND, charge=KEY, amount=Money(1, "INR"))
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=REFUND, charge=KEY, amount=Money(2, "INR"))

    async def test_no_more_goes_back_than_came(self, gateway: PaymentGateway) -> None:
        await charged(gateway)
        await gateway.refund(key=REFUND, charge=KEY, amount=Money(87_499, "INR"))
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=SECOND_REFUND, charge=KEY, amount=Money(2, "INR"))
        await gateway.refund(key=SECOND_REFUND, charge=KEY, amount=Money(1, "INR"))

    @pytest.mark.parametrize("amount", [Money(0, "INR"), Money(-1, "INR"), Money(1, "GBP")])
    async def test_only_an_amount_of_the_charge_goes_back(self, gateway: PaymentGateway, amount: Money) -> None:
        await charged(gateway)
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=REFUND, charge=KEY, amount=amount)

    async def test_what_was_never_taken_cannot_go_back(self, gateway: PaymentGateway) -> None:
        await charged(gateway, "txn_decline_1")
        for charge in (KEY, OTHER):
            with pytest.raises(GatewayRefused):
                await gateway.refund(key=uuid5(charge, "refund"), charge=charge, amount=Money(1, "INR"))
