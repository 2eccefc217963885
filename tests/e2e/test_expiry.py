"""An order that is not paid in time is taken back, whole; and the shop outlives its database."""

from collections.abc import Iterator, Mapping
from typing import Any

import psutil
import psycopg
import pytest

from tests.support.caller import Caller, check_out, demo, listed, newcomer, pay
from tests.support.modes import Mode
from tests.support.system import System, eventually

WINDOW = "2s"


@pytest.fixture(scope="module")
def hasty(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A shop that gives two seconds to pay."""
    settings = {"PAYMENT_WINDOW": WINDOW, **mode.environment()}
    with System(tmp_path_factory.mktemp("hasty"), environment=settings) as system:
        yield system


@pytest.fixture(scope="module")
def seller(hasty: System) -> Iterator[Caller]:
    with demo(hasty.url, "seller") as caller:
        yield caller


@pytest.fixture
def buyer(hasty: System) -> Iterator[Caller]:
    with newcomer(hasty.url) as caller:
        yield caller


def expired(buyer: Caller, order: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order, once it is over."""

    def over() -> Mapping[str, Any] | None:
        seen: Mapping[str, Any] = buyer.insist("GET", f"/orders/{order['orderId']}").expect(200)
        return seen if seen["status"] == "cancelled" else None

    found: Mapping[str, Any] = eventually("the expiry", over)
    return found


def test_an_unpaid_order_is_cancelled_and_its_stock_and_cart_are_back(buyer: Caller, seller: Caller) -> None:
    product = listed(seller, quantity=5)
    order = check_out(buyer, product, 5)
    assert buyer.get(f"/products/{product}").expect(200)["available"] == 0
    assert expired(buyer, order)["cancelledBy"].startswith("system")
    cart = buyer.get("/cart").expect(200)
    assert [(item["productId"], item["quantity"]) for item in cart["items"]] == [(product, 5)]
    assert buyer.get(f"/products/{product}").expect(200)["available"] == 5
    late = buyer.post("/payments", {"orderId": order["orderId"], "method": "UPI"})
    assert late.expect(409)["code"] in {"order-not-payable", "payment-window-closed"}


def test_a_paid_order_does_not_expire(buyer: Caller, seller: Caller) -> None:
    product = listed(seller)
    paid = check_out(buyer, product)
    assert pay(buyer, paid)["status"] == "success"
    expired(buyer, check_out(buyer, product))
    assert buyer.get(f"/orders/{paid['orderId']}").expect(200)["status"] == "processing"


def test_an_order_that_turns_out_to_be_paid_does_not_expire(buyer: Caller, seller: Caller) -> None:
    """The provider's answer was lost; at the end of the window it is asked before the order is given up."""
    order = check_out(buyer, listed(seller))
    assert pay(buyer, order, transactionId="txn_timeout_1")["status"] == "pending"
    eventually("the payment found", lambda: status(buyer, order) == "processing")


def test_money_that_comes_when_the_order_is_over_goes_back(buyer: Caller, seller: Caller) -> None:
    order = check_out(buyer, listed(seller))
    assert pay(buyer, order, transactionId="txn_timeout_2")["status"] == "pending"
    buyer.post(f"/orders/{order['orderId']}/cancel", {"reason": "Changed my mind."}).expect(200)

    def refunded() -> bool:
        payment = buyer.get(f"/payments/{order['paymentId']}").expect(200)
        back = [refund["amount"] for refund in payment["refunds"] if refund["status"] == "succeeded"]
        return back == [payment["amount"]] == [payment["refunded"]]

    eventually("the refund", refunded)
    assert status(buyer, order) == "cancelled"


@pytest.mark.parametrize("victim", ["a backend", "the server"])
def test_the_shop_outlives_its_database(victim: str, hasty: System, seller: Caller, buyer: Caller) -> None:
    """It is started again, what was answered is there, and the shop goes on by itself."""
    product = listed(seller, quantity=7)
    with hasty.connection() as witness:
        if victim == "a backend":
            kill_a_writer(hasty)  # the server ends all sessions then, and recovers
        else:
            kill_the_server(hasty)
        eventually("the end of all sessions", lambda: is_lost(witness))
    assert seller.insist("GET", f"/products/{product}").expect(200)["available"] == 7
    buyer.insist("POST", "/cart/items", {"productId": product, "quantity": 1}, key="add").expect(201)
    order = buyer.insist("POST", "/checkout", {}, key="buy").expect(201)
    assert expired(buyer, order)["status"] == "cancelled"
    eventually("a shop that is ready again", hasty.ready)


def is_lost(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def kill_a_writer(shop: System) -> None:
    query = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'till api writer%'"
    with shop.connection() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    psutil.Process(row[0]).kill()


def kill_the_server(shop: System) -> None:
    with shop.connection() as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
        assert server is not None
        processes = [server, *server.children()]
        for process in processes:
            process.kill()
    psutil.wait_procs(processes, timeout=10)


def status(buyer: Caller, order: Mapping[str, Any]) -> str:
    found: str = buyer.get(f"/orders/{order['orderId']}").expect(200)["status"]
    return found
