"""Promotional mail is turned off by whoever holds the token that it carries, and by nothing else."""

import base64
from uuid import UUID, uuid4

import pytest

from domain.shared.identifiers import AccountId
from tests.support.web import Web

URL = "/api/v1/unsubscribe?token="
ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}


async def opted_in(shop: Web) -> tuple[str, str]:
    """Somebody who wants promotions, and the token of mail to them."""
    buyer = await shop.login()
    answer = await shop.send("PATCH", "/api/v1/users/me", {"promotionsOptIn": True}, by=buyer)
    assert answer.json()["promotionsOptIn"] is True
    return buyer, shop.services.tokens.unsubscribe_token(AccountId(UUID(answer.json()["id"])))


async def wants(shop: Web, buyer: str) -> bool:
    return bool((await shop.send("GET", "/api/v1/users/me", by=buyer)).json()["promotionsOptIn"])


async def test_one_click_ends_it_and_no_more_is_needed_than_the_token(shop: Web) -> None:
    buyer, token = await opted_in(shop)
    other, _ = await opted_in(shop)
    for _ in range(2):
        answer = await shop.http.post(URL + token, content=b"List-Unsubscribe=One-Click", headers=ONE_CLICK)
        assert answer.status_code == 200, answer.text
    assert (await wants(shop, buyer), await wants(shop, other)) == (False, True)


async def test_who_wants_it_again_can_end_it_again(shop: Web) -> None:
    buyer, token = await opted_in(shop)
    await shop.http.post(URL + token)
    await shop.send("PATCH", "/api/v1/users/me", {"promotionsOptIn": True}, by=buyer)
    assert await wants(shop, buyer)
    await shop.http.post(URL + token)
    assert not await wants(shop, buyer)


async def test_looking_at_the_page_changes_nothing(shop: Web) -> None:
    buyer, token = await opted_in(shop)
    page = await shop.http.get(URL + token)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert token not in page.text
    assert await wants(shop, buyer)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_token_cannot_be_made_up(shop: Web, method: str) -> None:
    buyer, token = await opted_in(shop)
    raw = base64.urlsafe_b64decode(token)
    forged = base64.urlsafe_b64encode(uuid4().bytes + raw[16:]).decode()
    for wrong in (forged, token[:-4], token[:-1] + ("A" if token[-1] != "A" else "B"), token + "AAAA", "x", "ü"):
        answer = await shop.http.request(method, URL + wrong)
        assert (answer.status_code, answer.json()["code"]) == (409, "token-not-valid"), wrong
    assert (await shop.http.request(method, "/api/v1/unsubscribe")).status_code == 422
    assert await wants(shop, buyer)


async def test_of_somebody_who_is_gone_nothing_is_told(shop: Web) -> None:
    nobody = shop.services.tokens.unsubscribe_token(AccountId(uuid4()))
    answer = await shop.http.post(URL + nobody)
    assert answer.status_code == 200
    assert "x-position" not in answer.headers
