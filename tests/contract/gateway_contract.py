"""What every payment provider must do; each adapter's tests are this class with another `gateway`."""

from uuid import UUID, uuid5

import pytest

from application.ports.gateway import Charge, ChargeStatus, GatewayRefused, Handover, PaymentGateway
from domain.shared.money import Money

PRICE = Money(87_500, "INR")
KEY, OTHER = UUID(int=1), UUID(int=2)
REFUND, SECOND_REFUND = UUID(int=3), UUID(int=4)


Made = Charge | Handover


class GatewayContract:
    """An adapter says how money comes, does not come, and is only asked for."""

    async def succeeds(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        raise NotImplementedError

    async def declines(self, gateway: PaymentGateway, *, key: UUID = KEY) -> Charge:
        raise NotImplementedError

    async def begins(self, gateway: PaymentGateway, *, key: UUID = KEY) -> None:
        """The provider has heard of the key, and taken nothing yet."""
        raise NotImplementedError

    async def asked_again(self, gateway: PaymentGateway, *, amount: Money = PRICE) -> Made:
        return await gateway.charge(key=KEY, amount=amount, reference=None)

    async def test_a_charge_takes_the_amount(self, gateway: PaymentGateway) -> None:
        charge = await self.succeeds(gateway)
        assert (charge.key, charge.status, charge.amount, charge.reason) == (KEY, ChargeStatus.SUCCEEDED, PRICE, None)
        assert await gateway.find(KEY) == charge

    async def test_the_same_key_is_charged_once(self, gateway: PaymentGateway) -> None:
        first = await self.succeeds(gateway)
        assert await self.asked_again(gateway, amount=Money(1, "INR")) == first
        assert await gateway.find(KEY) == first

    async def test_a_key_that_never_arrived_is_not_found(self, gateway: PaymentGateway) -> None:
        await self.succeeds(gateway)
        assert await gateway.find(OTHER) is None

    async def test_a_declined_charge_stays_declined(self, gateway: PaymentGateway) -> None:
        declined = await self.declines(gateway)
        assert declined.status is ChargeStatus.DECLINED
        assert declined.reason
        assert await self.asked_again(gateway) == declined

    async def test_what_has_only_begun_is_nothing_yet(self, gateway: PaymentGateway) -> None:
        await self.begins(gateway)
        assert await gateway.find(KEY) is None
        assert (await self.succeeds(gateway)).status is ChargeStatus.SUCCEEDED

    async def test_a_voided_key_takes_no_money_any_more(self, gateway: PaymentGateway) -> None:
        voided = await gateway.void(KEY, PRICE)
        assert voided.status is ChargeStatus.VOIDED
        assert await self.asked_again(gateway) == voided
        assert await gateway.find(KEY) == voided
        assert await gateway.void(KEY, PRICE) == voided

    async def test_a_key_that_has_only_begun_can_be_voided(self, gateway: PaymentGateway) -> None:
        await self.begins(gateway)
        voided = await gateway.void(KEY, PRICE)
        assert voided.status is ChargeStatus.VOIDED
        assert await self.asked_again(gateway) == voided

    async def test_a_void_that_comes_too_late_gives_the_charge(self, gateway: PaymentGateway) -> None:
        final = await self.succeeds(gateway)
        assert await gateway.void(KEY, PRICE) == final
        declined = await self.declines(gateway, key=OTHER)
        assert await gateway.void(OTHER, PRICE) == declined

    async def test_money_goes_back_once_per_key(self, gateway: PaymentGateway) -> None:
        await self.succeeds(gateway)
        first = await gateway.refund(key=REFUND, charge=KEY, amount=PRICE)
        assert (first.key, first.amount) == (REFUND, PRICE)
        assert await gateway.refund(key=REFUND, charge=KEY, amount=PRICE) == first

    async def test_a_refund_key_means_one_refund(self, gateway: PaymentGateway) -> None:
        await self.succeeds(gateway)
        await gateway.refund(key=REFUND, charge=KEY, amount=Money(1, "INR"))
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=REFUND, charge=KEY, amount=Money(2, "INR"))

    async def test_no_more_goes_back_than_came(self, gateway: PaymentGateway) -> None:
        await self.succeeds(gateway)
        await gateway.refund(key=REFUND, charge=KEY, amount=Money(87_499, "INR"))
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=SECOND_REFUND, charge=KEY, amount=Money(2, "INR"))
        await gateway.refund(key=SECOND_REFUND, charge=KEY, amount=Money(1, "INR"))

    @pytest.mark.parametrize("amount", [Money(0, "INR"), Money(-1, "INR"), Money(1, "GBP")])
    async def test_only_an_amount_of_the_charge_goes_back(self, gateway: PaymentGateway, amount: Money) -> None:
        await self.succeeds(gateway)
        with pytest.raises(GatewayRefused):
            await gateway.refund(key=REFUND, charge=KEY, amount=amount)

    async def test_what_was_never_taken_cannot_go_back(self, gateway: PaymentGateway) -> None:
        await self.declines(gateway)
        for charge in (KEY, OTHER):
            with pytest.raises(GatewayRefused):
                await gateway.refund(key=uuid5(charge, "refund"), charge=charge, amount=Money(1, "INR"))
