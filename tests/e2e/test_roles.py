"""Who may do what, and that other people's things look as if there were none."""

from collections.abc import Iterator, Mapping
from uuid import uuid4

import pytest

from tests.support.caller import Caller, check_out, listed, newcomer, pay
from tests.support.system import System


@pytest.fixture(scope="module")
def places(shop: System, seller: Caller) -> Iterator[Mapping[str, str]]:
    """Paths to things of one buyer and one seller."""
    with newcomer(shop.url) as owner:
        product = listed(seller)
        order = check_out(owner, product)
        yield {
            "product": f"/products/{product}",
            "order": f"/orders/{order['orderId']}",
            "payment": f"/payments/{pay(owner, order)['paymentId']}",
        }


@pytest.fixture(scope="module")
def people(shop: System, seller: Caller, admin: Caller) -> Iterator[Mapping[str, Caller]]:
    with Caller(shop.url) as nobody, newcomer(shop.url) as stranger, newcomer(shop.url, role="seller") as rival:
        yield {"nobody": nobody, "stranger": stranger, "rival": rival, "seller": seller, "admin": admin}


PRODUCT = {"name": "Kettle", "price": 1}
ITEM = {"productId": str(uuid4()), "quantity": 1}
REFUND = {"reason": "Dented."}


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        ("nobody", "GET", "/users/me", None, 401),
        ("nobody", "GET", "/cart", None, 401),
        ("nobody", "POST", "/products", PRODUCT, 401),
        ("nobody", "GET", "{order}", None, 401),
        ("nobody", "GET", "{product}", None, 200),
        ("stranger", "POST", "/products", PRODUCT, 403),
        ("stranger", "PATCH", "{product}", {"price": 1}, 403),
        ("stranger", "DELETE", "{product}", None, 403),
        ("stranger", "POST", "{product}/stock", {"change": 1}, 403),
        ("stranger", "GET", "/inventory", None, 403),
        ("stranger", "GET", "{order}", None, 404),
        ("stranger", "GET", "{order}/history", None, 404),
        ("stranger", "POST", "{order}/cancel", {"reason": "Mine now."}, 404),
        ("stranger", "GET", "{payment}", None, 404),
        ("stranger", "POST", "{payment}/refunds", REFUND, 403),
        ("stranger", "POST", "{payment}/retry", {}, 404),
        ("rival", "PATCH", "{product}", {"price": 1}, 403),
        ("rival", "DELETE", "{product}", None, 403),
        ("rival", "POST", "{product}/stock", {"change": 1}, 403),
        ("rival", "GET", "{order}", None, 404),
        ("rival", "POST", "{payment}/refunds", REFUND, 404),
        ("rival", "POST", "/cart/items", ITEM, 403),
        ("rival", "POST", "/checkout", {}, 403),
        ("seller", "GET", "{order}", None, 200),
        ("admin", "GET", "{order}", None, 200),
        ("admin", "GET", "{order}/history", None, 200),
        ("admin", "GET", "{payment}", None, 200),
        ("admin", "GET", "/inventory", None, 200),
    ],
)
def test_each_sees_and_does_what_is_theirs(
    who: str,
    method: str,
    path: str,
    body: object,
    status: int,
    people: Mapping[str, Caller],
    places: Mapping[str, str],
) -> None:
    reply = people[who].request(method, path.format_map(places), body)
    assert reply.status == status, reply.content
    if status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"
    if status == 401:
        assert reply.headers["www-authenticate"].startswith("Bearer")


def test_only_an_admin_makes_admins(shop: System, admin: Caller) -> None:
    body = {"email": f"{uuid4().hex}@example.com", "password": "correct horse", "name": "Eve", "role": "admin"}
    with Caller(shop.url) as nobody, newcomer(shop.url) as stranger:
        assert nobody.post("/auth/register", body).status == 401
        assert stranger.post("/auth/register", body).status == 403
    assert admin.post("/auth/register", body).expect(201)["role"] == "admin"


def test_lists_show_what_concerns_the_caller(places: Mapping[str, str], people: Mapping[str, Caller]) -> None:
    order = places["order"].removeprefix("/orders/")
    shown = {
        who: order in {each["id"] for each in people[who].get("/orders?limit=100").expect(200)["items"]}
        for who in ("stranger", "rival", "seller", "admin")
    }
    assert shown == {"stranger": False, "rival": False, "seller": True, "admin": True}
