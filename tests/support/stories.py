"""For each route a request that it carries out; what the document shows will do where nothing has to be there first."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from api.routing import TillRoute
from tests.support.caller import PASSWORD, Caller
from tests.support.openapi import contract
from tests.support.route_table import PUBLIC, who_may
from tests.support.stage import Asked, Stage

Story = Callable[[Stage], Asked]


class NoStory(AssertionError):
    """Nobody knows how to ask for this route."""


def asked(name: str, route: TillRoute, stage: Stage) -> Asked:
    """What carries the route out. Raises NoStory."""
    story = STORIES.get(name)
    if story is not None:
        return story(stage)
    if "{" in route.path:
        raise NoStory(f"{name} is served and has no story: add one to STORIES in tests/support/stories.py")
    return Asked(by=somebody(route, stage), body=shown(name, route))


def somebody(route: TillRoute, stage: Stage) -> Caller:
    """Who may, of those on the stage."""
    who = who_may(route)
    if who == PUBLIC:
        return stage.nobody
    return stage.admin if who == "admin" else stage.seller if "seller" in who else stage.buyer


def shown(name: str, route: TillRoute) -> Any:
    """The request that the document shows; None where there is none."""
    operation = contract().operation(name.partition(" ")[0], route.path)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")


def _credentials(stage: Stage) -> Mapping[str, str]:
    email, _ = stage.stranger()
    return {"email": email, "password": PASSWORD}


def _retry(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, ids=(stage.declined(),), body={"method": "CARD", "transactionId": "txn_1"})


def _item(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, ids=(stage.shelf,), body={"quantity": 3}, personal=False)


def _put_item(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, body={"productId": stage.shelf, "quantity": 1})


def _taken_item(stage: Stage) -> Asked:
    stage.cart()
    return Asked(by=stage.buyer, ids=(stage.shelf,), personal=False)


def _restored(stage: Stage) -> Asked:
    return Asked(by=stage.seller, ids=(stage.withdrawn(),))


def _cancelled(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, ids=(stage.order()["orderId"],), body={"reason": "Ordered twice."})


def _checked_out(stage: Stage) -> Asked:
    stage.cart()
    return Asked(by=stage.buyer, body={"shippingAddress": {"line1": "12 MG Road", "city": "Pune", "country": "IN"}})


def _wished(stage: Stage) -> Asked:
    caller = stage.newcomer()
    caller.post("/wishlist", {"productId": stage.shelf}).expect(201)
    return Asked(by=caller, ids=(stage.shelf,), personal=False)


def _of_product(body: object) -> Story:
    return lambda stage: Asked(by=stage.seller, ids=(stage.product(),), body=body)


STORIES: Mapping[str, Story] = {
    "POST /auth/register": lambda stage: Asked(
        by=stage.nobody, body={"email": stage.email(), "password": PASSWORD, "name": "Ada", "role": "buyer"}
    ),
    "POST /auth/login": lambda stage: Asked(by=stage.nobody, body=_credentials(stage)),
    "POST /auth/refresh": lambda stage: Asked(by=stage.nobody, body={"refreshToken": stage.refresh_token()}),
    "POST /auth/logout": lambda stage: Asked(by=stage.newcomer(), body={}),
    "POST /auth/logout-everywhere": lambda stage: Asked(by=stage.newcomer()),
    "DELETE /users/me": lambda stage: Asked(by=stage.newcomer()),
    "GET /users/{}": lambda stage: Asked(by=stage.admin, ids=(stage.stranger()[1],)),
    "PUT /users/{}": lambda stage: Asked(
        by=stage.admin, ids=(stage.stranger()[1],), body={"name": "Grace Hopper", "role": "seller"}
    ),
    "DELETE /users/{}": lambda stage: Asked(by=stage.admin, ids=(stage.stranger()[1],)),
    "GET /products/{}": lambda stage: Asked(by=stage.nobody, ids=(stage.shelf,)),
    "PUT /products/{}": _of_product({"name": "Brass kettle", "price": Decimal("799.00")}),
    "PATCH /products/{}": _of_product({"price": Decimal("799.00")}),
    "DELETE /products/{}": _of_product(None),
    "POST /products/{}/restore": _restored,
    "PATCH /products/restore/{}": _restored,
    "POST /products/{}/stock": _of_product({"change": 20, "reason": "Delivery"}),
    "PUT /products/{}/stock/threshold": _of_product({"threshold": 5}),
    "POST /cart/items": _put_item,
    "POST /cart": _put_item,
    "PUT /cart/items/{}": _item,
    "PUT /cart/{}": _item,
    "DELETE /cart/items/{}": _taken_item,
    "DELETE /cart/{}": _taken_item,
    "POST /checkout": _checked_out,
    "POST /orders/checkout": _checked_out,
    "POST /orders": lambda stage: Asked(by=stage.buyer, body={"items": [{"productId": stage.shelf, "quantity": 1}]}),
    "GET /orders/{}": lambda stage: Asked(by=stage.buyer, ids=(stage.order()["orderId"],)),
    "GET /orders/{}/history": lambda stage: Asked(by=stage.buyer, ids=(stage.order()["orderId"],)),
    "POST /orders/{}/cancel": _cancelled,
    "PATCH /orders/{}/cancel": _cancelled,
    "PUT /orders/{}/cancel": _cancelled,
    "POST /payments": lambda stage: Asked(
        by=stage.buyer, body={"orderId": stage.order()["orderId"], "method": "UPI", "transactionId": "txn_42"}
    ),
    "GET /payments/{}": lambda stage: Asked(by=stage.buyer, ids=(stage.paid()["paymentId"],)),
    "POST /payments/{}/retry": _retry,
    "POST /payments/{}/refunds": lambda stage: Asked(
        by=stage.seller, ids=(stage.paid()["paymentId"],), body={"amount": Decimal("1.00"), "reason": "Dented."}
    ),
    "POST /wishlist": lambda stage: Asked(by=stage.newcomer(), body={"productId": stage.shelf}),
    "DELETE /wishlist/{}": _wished,
    "GET //docs/{}": lambda stage: Asked(by=stage.nobody, ids=("swagger-ui.css",)),
}
"""By the name in the route table."""
