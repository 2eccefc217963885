"""What a buyer reads of money that did not come, and of money that goes back."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.integration.api.test_mail import carrying_out, mailed
from tests.support.web import Web


def reads(letters: list[EmailMessage], subject: str) -> tuple[str, str]:
    """Text and HTML of the one letter whose subject begins so."""
    (letter,) = [each for each in letters if str(each["Subject"]).startswith(subject)]
    parts = letter.get_body(("plain",)), letter.get_body(("html",))
    plain, html = (part.get_content() for part in parts if part is not None)
    return plain, html


async def test_a_buyer_reads_what_became_of_the_money(shop: Web, database: str, tmp_path: Path) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, quantity=3)
    order: dict[str, Any] = await shop.order(buyer, product)
    pay = {"orderId": order["orderId"], "method": "CARD"}
    async with carrying_out(shop, database):
        await mailed(tmp_path, 3)
        declined = await shop.send("POST", "/api/v1/payments", {**pay, "transactionId": "txn_decline_1"}, by=buyer)
        assert declined.json()["status"] == "failed"
        number = order["orderNumber"]
        plain, html = reads(await mailed(tmp_path, 4), f"The payment of order {number} failed")
        for text in (plain, html):
            assert "attempts left: 3" in text
            assert order["orderId"] in text
        await shop.send("POST", "/api/v1/payments", pay, by=buyer)
        await mailed(tmp_path, 5)
        cancelled = await shop.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "No."}, by=buyer)
        assert cancelled.status_code == 200
        letters = await mailed(tmp_path, 8)
    amount = f"{order['payableAmount']:.2f} INR"
    plain, html = reads(letters, f"{amount} of order {number} went back to you")
    for text in (plain, html):
        assert amount in text
        assert order["orderId"] in text
    assert {len(letters)} == {8}
