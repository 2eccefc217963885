"""A demo's orders move on by themselves."""

from collections.abc import Iterator

import pytest

from tests.support.caller import check_out, demo, listed, newcomer, pay
from tests.support.modes import Mode
from tests.support.system import System, eventually


@pytest.fixture
def brisk(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A warehouse that takes a step a second."""
    settings = {"AUTO_ADVANCE": "1s", **mode.environment()}
    with System(tmp_path_factory.mktemp("brisk"), environment=settings) as system:
        yield system


def test_an_order_is_delivered_and_its_cash_taken(brisk: System) -> None:
    with demo(brisk.url, "seller") as seller, newcomer(brisk.url) as buyer:
        product = listed(seller, quantity=5)
        paid, at_the_door = check_out(buyer, product), check_out(buyer, product)
        pay(buyer, paid)
        buyer.post("/payments", {"orderId": at_the_door["orderId"], "method": "COD"}).expect(201)

        def delivered() -> bool:
            orders = [buyer.get(f"/orders/{each['orderId']}").expect(200) for each in (paid, at_the_door)]
            return all(order["status"] == "delivered" for order in orders)

        eventually("the deliveries", delivered)
        payment = buyer.get(f"/payments/{at_the_door['paymentId']}").expect(200)
        assert (payment["status"], payment["amount"]) == ("succeeded", at_the_door["payableAmount"])
        assert buyer.get(f"/products/{product}").expect(200)["available"] == 3
