"""Paying in Razorpay's checkout: the attempt is handed over, and the client comes back with a signature."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from infrastructure.payments.razorpay_webhook import key_of, signature_of
from tests.support.provider_news import RAZORPAY, RAZORPAY_SECRET, RazorpayEvent, captured
from tests.support.web import Web, web

PAYMENTS = "/api/v1/payments"


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with web(database, tmp_path, PAYMENT_GATEWAY="razorpay", RAZORPAY_WEBHOOK_SECRET=RAZORPAY_SECRET) as running:
        yield running


async def pay(shop: Web, by: str, order: dict[str, Any], **details: str) -> httpx.Response:
    return await shop.send("POST", PAYMENTS, {"orderId": order["id"], "method": "UPI", **details}, by=by)


def proof(provider_order: str, transaction: str) -> str:
    return signature_of(RAZORPAY_SECRET, f"{provider_order}|{transaction}".encode())


async def test_the_client_comes_back_with_a_signature(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    first = await pay(shop, buyer, order)
    handed = first.json()["nextAction"]
    assert (first.status_code, first.json()["status"], handed["type"]) == (201, "pending", "razorpay_checkout")
    assert (handed["amount"], handed["currency"]) == ("103250", "INR")
    again = await pay(shop, buyer, order, transactionId="pay_1")
    assert again.json() == first.json()
    forged = await pay(shop, buyer, order, transactionId="pay_1", signature=proof(handed["orderId"], "pay_2"))
    assert (forged.status_code, forged.json()["code"]) == (400, "signature-invalid")
    paid = await pay(shop, buyer, order, transactionId="pay_1", signature=proof(handed["orderId"], "pay_1"))
    assert (paid.json()["status"], paid.json()["attempt"], paid.json()["nextAction"]) == ("success", 1, None)
    assert paid.json()["orderStatus"] == "processing"
    told = RazorpayEvent(payload=captured(order["id"], key_of(handed["orderId"]), 103_250)).signed()
    headers = {name.replace("_", "-"): value for name, value in told.headers.items()}
    late = await shop.http.post(f"/api/v1{RAZORPAY}", content=told.body, headers=headers)
    assert late.json() == {"status": "recorded", "code": None}
    shown = (await shop.send("GET", f"{PAYMENTS}/{order['paymentId']}", by=buyer)).json()
    assert (shown["status"], shown["transactionId"], shown["refunds"]) == ("succeeded", "pay_1", [])


async def test_a_client_without_a_signature_is_not_believed(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    answer = await pay(shop, buyer, order, transactionId="txn_42")
    assert (answer.json()["status"], answer.json()["orderStatus"]) == ("pending", "pending_payment")
    cash = await shop.send("POST", PAYMENTS, {"orderId": order["id"], "method": "COD"}, by=buyer)
    assert (cash.status_code, cash.json()["code"]) == (409, "payment-in-flight")
    assert UUID(answer.json()["paymentId"]) == UUID(order["paymentId"])
