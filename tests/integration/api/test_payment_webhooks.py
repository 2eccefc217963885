"""What providers deliver: believed when it is signed, recorded once, and right whatever order it comes in."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.payments.attempt import attempt_key
from domain.shared.identifiers import OrderId, PaymentId, payment_of
from tests.support.provider_news import (
    RAZORPAY,
    RAZORPAY_SECRET,
    SECRETS,
    STRIPE,
    RazorpayEvent,
    Signed,
    captured,
    intent,
    sign_razorpay,
    sign_stripe,
    stripe_event,
)
from tests.support.web import Web, web

BASE = "/api/v1"
AMOUNT = 103_250
REPLACED = "the-secret-before"


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    secrets: dict[str, Any] = {**SECRETS, "RAZORPAY_WEBHOOK_SECRET": f"{RAZORPAY_SECRET}, {REPLACED}"}
    async with web(database, tmp_path, **secrets) as running:
        yield running


async def deliver(shop: Web, signed: Signed, to: str = RAZORPAY) -> httpx.Response:
    headers = {name.replace("_", "-"): value for name, value in signed.headers.items()}
    headers["Content-Type"] = "application/json"
    answer = await shop.http.post(BASE + to, content=signed.body, headers=headers)
    if "x-position" in answer.headers:
        shop.position = {"X-Min-Position": answer.headers["x-position"]}
    return answer


async def attempted(shop: Web) -> tuple[str, dict[str, Any], UUID]:
    """A buyer, an order, and the key of an attempt whose outcome was lost."""
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    form = {"orderId": order["id"], "method": "CARD", "transactionId": "txn_timeout_1"}
    assert (await shop.send("POST", f"{BASE}/payments", form, by=buyer)).json()["status"] == "pending"
    return buyer, order, attempt_key(PaymentId(UUID(order["paymentId"])), 1)


async def payment(shop: Web, buyer: str, order: dict[str, Any]) -> dict[str, Any]:
    return dict((await shop.send("GET", f"{BASE}/payments/{order['paymentId']}", by=buyer)).json())


async def test_a_delivery_pays_the_order_however_often_it_comes(shop: Web) -> None:
    buyer, order, key = await attempted(shop)
    event = RazorpayEvent(payload=captured(order["id"], key, AMOUNT))
    first, again = await deliver(shop, event.signed()), await deliver(shop, event.signed(at=time.time() - 86_400))
    assert (first.status_code, first.json()) == (200, {"status": "recorded", "code": None})
    assert (again.status_code, again.content) == (200, first.content)
    assert ["idempotent-replayed" in each.headers for each in (first, again)] == [False, True]
    shown = await payment(shop, buyer, order)
    assert (shown["status"], shown["transactionId"], len(shown["refunds"])) == ("succeeded", "pay_1", 0)


async def test_the_secret_before_is_good_while_both_are_named(shop: Web) -> None:
    _, order, key = await attempted(shop)
    event = RazorpayEvent(payload=captured(order["id"], key, AMOUNT))
    assert (await deliver(shop, event.signed(secret=REPLACED))).json()["status"] == "recorded"


@pytest.mark.parametrize(
    ("at", "secret", "code"),
    [(0.0, "not-the-secret", "signature-invalid"), (-15 * 86_400 - 60.0, RAZORPAY_SECRET, "signature-stale"),
     (301.0, RAZORPAY_SECRET, "signature-stale")],
)  # fmt: skip
async def test_what_is_forged_or_stale_is_refused_and_on_record(shop: Web, at: float, secret: str, code: str) -> None:
    buyer, order, key = await attempted(shop)
    event = RazorpayEvent(payload=captured(order["id"], key, AMOUNT))
    refused = await deliver(shop, event.signed(at=time.time() + at, secret=secret))
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert (await payment(shop, buyer, order))["status"] == "pending"
    audit = await shop.send("GET", f"{BASE}/admin/audit?command=payments.refuse-delivery", by=await shop.admin())
    assert [(each["actor"], each["outcome"], each["code"]) for each in audit.json()["items"]] == [
        ("system:razorpay", "refused", code)
    ]
    assert (await deliver(shop, event.signed())).json()["status"] == "recorded"


@pytest.mark.parametrize("header", [{}, {"X_Razorpay_Signature": ""}, {"X_Razorpay_Signature": "é" * 64}])
async def test_without_a_signature_nothing_is_believed(shop: Web, header: dict[str, str]) -> None:
    body = RazorpayEvent(payload=captured(uuid4(), None, 1)).signed().body
    answer = await shop.http.post(
        BASE + RAZORPAY,
        content=body,
        headers={
            b"content-type": b"application/json",
            **{name.replace("_", "-").encode(): value.encode() for name, value in header.items()},
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "signature-invalid")


async def test_another_amount_is_not_the_payment_and_goes_back(shop: Web) -> None:
    buyer, order, key = await attempted(shop)
    for changed in ({"amount": AMOUNT - 1}, {"currency": "GBP", "id": "pay_2"}):
        event = RazorpayEvent(payload=captured(order["id"], None, AMOUNT, **changed))
        assert (await deliver(shop, event.signed())).json()["status"] == "recorded"
    await deliver(shop, RazorpayEvent(payload=captured(order["id"], key, AMOUNT, transaction="pay_3")).signed())
    shown = await payment(shop, buyer, order)
    assert shown["status"] == "succeeded"
    assert [(each["amount"], each["currency"]) for each in shown["refunds"]] == [(1032.49, "INR"), (1032.5, "GBP")]


async def test_an_attempt_of_another_order_pays_neither(shop: Web) -> None:
    buyer, order, key = await attempted(shop)
    other_buyer, other, _ = await attempted(shop)
    answer = await deliver(shop, RazorpayEvent(payload=captured(other["id"], key, AMOUNT)).signed())
    assert (answer.status_code, answer.json()) == (200, {"status": "refused", "code": "delivery-not-understood"})
    for who, whose in ((buyer, order), (other_buyer, other)):
        shown = await payment(shop, who, whose)
        assert (shown["status"], shown["refunds"]) == ("pending", [])


async def test_a_failure_after_the_success_is_no_news_and_before_it_none_either(shop: Web) -> None:
    buyer, order, key = await attempted(shop)
    payload = captured(order["id"], key, AMOUNT, error_description="No funds.\x00")
    for name in ("payment.failed", "payment.captured", "payment.failed"):
        answer = await deliver(shop, RazorpayEvent(event=name, payload=payload).signed())
        assert answer.json()["status"] == "recorded"
    shown = await payment(shop, buyer, order)
    assert (shown["status"], shown["refunds"]) == ("succeeded", [])


async def test_what_nobody_asked_for_is_refused_on_record_and_not_sent_again(shop: Web) -> None:
    _, order, key = await attempted(shop)
    refund = {"refund": {"entity": {"id": "rfnd_1", "amount": 1, "currency": "INR", "notes": {"orderId": order["id"]}}}}
    cases = [
        (RazorpayEvent(payload=captured(uuid4(), None, AMOUNT)), "not-found"),
        (RazorpayEvent(payload=captured("nonsense", key, AMOUNT)), "delivery-not-understood"),
        (RazorpayEvent(payload=captured(order["id"], key, 0)), "not-an-amount"),
        (RazorpayEvent(payload=captured(order["id"], key, 1, currency="Zloty")), "unknown-currency"),
        (RazorpayEvent(event="refund.processed", payload=refund), "unknown-refund"),
        (RazorpayEvent(payload={}), "delivery-not-understood"),
        (RazorpayEvent(event="refund.failed", payload=refund), "delivery-not-understood"),
    ]
    for event, code in cases:
        answers = [await deliver(shop, event.signed()) for _ in range(2)]
        assert [(each.status_code, each.json()) for each in answers] == [(200, {"status": "refused", "code": code})] * 2
    for body in (b"7", b"{", b'{"event":"payment.captured"}', b"\xff", b"[" * 9_000):
        answer = await deliver(shop, sign_razorpay(body))
        assert (answer.status_code, answer.json()["code"]) == (200, "delivery-not-understood")
    other = await deliver(shop, RazorpayEvent(event="payment.dispute.created", payload={}).signed())
    assert other.json() == {"status": "recorded", "code": None}


async def test_a_body_over_the_limit_is_not_read(shop: Web) -> None:
    answer = await deliver(shop, sign_razorpay(b" " * (1 << 20) + b"{}"))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_stripes_deliveries_are_verified_by_its_own_library(shop: Web) -> None:
    buyer, order, key = await attempted(shop)
    payment_id = payment_of(OrderId(UUID(order["id"])))
    body = stripe_event("payment_intent.succeeded", intent(payment_id, key, AMOUNT))
    now = time.time()
    for signed, code in (
        (sign_stripe(body, secret="whsec_another"), "signature-invalid"),
        (sign_stripe(body, at=now - 400), "signature-stale"),
        (Signed(body=body, headers={}), "signature-invalid"),
        (Signed(body=b"\xff", headers=sign_stripe(body).headers), "signature-invalid"),
    ):
        refused = await deliver(shop, signed, STRIPE)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    paid, again = [await deliver(shop, sign_stripe(body, at=now - late), STRIPE) for late in (0, 9)]
    assert (paid.json(), again.headers["idempotent-replayed"]) == ({"status": "recorded", "code": None}, "true")
    shown = await payment(shop, buyer, order)
    assert (shown["status"], shown["transactionId"]) == ("succeeded", "pi_1")


async def test_stripes_deliveries_that_mean_nothing_here_are_on_record(shop: Web) -> None:
    _, order, key = await attempted(shop)
    payment_id = payment_of(OrderId(UUID(order["id"])))
    refund = {"id": "re_1", "amount": 1, "currency": "inr", "status": "succeeded", "metadata": {}}
    cases = [
        (stripe_event("payment_intent.succeeded", intent(uuid4(), key, AMOUNT), event_id="evt_a"), "not-found"),
        (stripe_event("payment_intent.succeeded", {"id": 7}, event_id="evt_b"), "delivery-not-understood"),
        (stripe_event("refund.updated", refund, event_id="evt_c"), "delivery-not-understood"),
        (
            stripe_event("refund.updated", {**refund, "metadata": {"shop_payment": str(payment_id)}}, event_id="evt_d"),
            "unknown-refund",
        ),
        (stripe_event("refund.updated", {**refund, "status": "pending"}, event_id="evt_e"), None),
        (stripe_event("refund.failed", {**refund, "status": "failed"}, event_id="evt_g"), "delivery-not-understood"),
        (stripe_event("customer.created", {}, event_id="evt_f"), None),
        (b"[]", "delivery-not-understood"),
        (b"not json", "delivery-not-understood"),
    ]
    for body, code in cases:
        answer = await deliver(shop, sign_stripe(body), STRIPE)
        expected = {"status": "refused" if code else "recorded", "code": code}
        assert (answer.status_code, answer.json()) == (200, expected)


async def test_a_provider_without_a_secret_is_not_heard(database: str, tmp_path: Path) -> None:
    async with web(database, tmp_path) as deaf:
        for signed, to in ((sign_razorpay(b"{}"), RAZORPAY), (sign_stripe(b"{}"), STRIPE)):
            assert (await deliver(deaf, signed, to)).status_code == 404


async def test_only_what_is_not_believed_counts_against_the_limit(database: str, tmp_path: Path) -> None:
    async with web(database, tmp_path, RATE_LIMITS="on", RAZORPAY_WEBHOOK_SECRET=RAZORPAY_SECRET) as strict:
        event = RazorpayEvent(event="payment.dispute.created", payload={})
        for _ in range(110):
            assert (await deliver(strict, event.signed())).status_code == 200
        forged = [(await deliver(strict, event.signed(secret="not-the-secret"))).status_code for _ in range(101)]
        assert (forged[:100], forged[100]) == ([400] * 100, 429)
