"""Every route that the shop promises: method and path, who may, and by which other names it goes.

What is promised and not served yet stands in `not_served_yet.txt` beside this file, one method and path per line.
"""

import re
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.routing import WebSocketRoute

from api.app import api_routes, create_app
from api.routing import Access, TillRoute
from domain.accounts.events import Role
from tests.support import field_table
from tests.support.web import settings

NOT_YET = Path(__file__).with_name("not_served_yet.txt")
PREFIX = "/api/v1"

PUBLIC = "anyone"
ACCOUNT = "any account"
BUYER, SELLER, ADMIN = "buyer", "seller", "admin"
SELLERS = f"{ADMIN}, {SELLER}"
BUYERS = f"{ADMIN}, {BUYER}"


@dataclass(frozen=True, slots=True)
class Row:
    """`name` is `METHOD /path` below the base path; what is in braces has no name here."""

    name: str
    who: str
    also: tuple[str, ...] = ()


TABLE = (
    Row("POST /auth/register", PUBLIC),
    Row("POST /auth/login", PUBLIC),
    Row("POST /auth/refresh", PUBLIC),
    Row("POST /auth/logout", ACCOUNT),
    Row("POST /auth/logout-everywhere", ACCOUNT),
    Row("POST /auth/verify-email", PUBLIC),
    Row("POST /auth/resend-verification", PUBLIC),
    Row("GET /unsubscribe", PUBLIC),
    Row("POST /unsubscribe", PUBLIC),
    Row("POST /auth/forgot-password", PUBLIC),
    Row("POST /auth/reset-password", PUBLIC),
    Row("POST /users/me/phone", ACCOUNT),
    Row("POST /users/me/phone/verify", ACCOUNT),
    Row("POST /users/me/password", ACCOUNT),
    Row("GET /users/me", ACCOUNT),
    Row("PATCH /users/me", ACCOUNT),
    Row("DELETE /users/me", ACCOUNT),
    Row("GET /users/me/sessions", ACCOUNT),
    Row("GET /users/me/addresses", ACCOUNT),
    Row("POST /users/me/addresses", ACCOUNT),
    Row("PUT /users/me/addresses/{}", ACCOUNT),
    Row("DELETE /users/me/addresses/{}", ACCOUNT),
    Row("GET /users", ADMIN),
    Row("POST /users", ADMIN),
    Row("GET /users/{}", ADMIN),
    Row("PUT /users/{}", ADMIN),
    Row("DELETE /users/{}", ADMIN),
    Row("GET /customers", ADMIN),
    Row("GET /customers/{}", ACCOUNT),
    Row("PUT /customers/{}", ACCOUNT),
    Row("PATCH /customers/{}/email", ACCOUNT, also=("PATCH /customers/email/{}",)),
    Row("PATCH /customers/{}/phone", ACCOUNT, also=("PATCH /customers/phone/{}",)),
    Row("DELETE /customers/{}", ACCOUNT),
    Row("GET /products", PUBLIC),
    Row("GET /products/search", PUBLIC),
    Row("GET /products/{}", PUBLIC),
    Row("POST /products", SELLERS),
    Row("PUT /products/{}", SELLERS),
    Row("PATCH /products/{}", SELLERS),
    Row("DELETE /products/{}", SELLERS),
    Row("POST /products/{}/restore", SELLERS, also=("PATCH /products/restore/{}",)),
    Row("POST /products/{}/images", SELLERS),
    Row("DELETE /products/{}/images/{}", SELLERS),
    Row("POST /products/{}/sale", SELLERS),
    Row("DELETE /products/{}/sale", SELLERS),
    Row("POST /products/{}/stock", SELLERS),
    Row("PUT /products/{}/stock/threshold", SELLERS),
    Row("GET /inventory", SELLERS),
    Row("GET /inventory/low", SELLERS),
    Row("WEBSOCKET /inventory/live", PUBLIC),
    Row("GET /inventory/events", PUBLIC),
    Row("GET /categories", PUBLIC),
    Row("POST /categories", ADMIN),
    Row("PUT /categories/{}", ADMIN),
    Row("DELETE /categories/{}", ADMIN),
    Row("GET /categories/{}/products", PUBLIC),
    Row("POST /products/{}/reviews", BUYER, also=("POST /products/{}/review",)),
    Row("GET /products/{}/reviews", PUBLIC),
    Row("DELETE /products/{}/reviews/{}", BUYERS),
    Row("GET /wishlist", BUYER),
    Row("POST /wishlist", BUYER),
    Row("DELETE /wishlist/{}", BUYER),
    Row("GET /cart", BUYER),
    Row("POST /cart/items", BUYER, also=("POST /cart",)),
    Row("PUT /cart/items/{}", BUYER, also=("PUT /cart/{}",)),
    Row("DELETE /cart/items/{}", BUYER, also=("DELETE /cart/{}",)),
    Row("DELETE /cart", BUYER, also=("DELETE /cart/clear",)),
    Row("POST /coupons", SELLERS),
    Row("GET /coupons", SELLERS),
    Row("GET /coupons/{}", SELLERS),
    Row("PATCH /coupons/{}", SELLERS),
    Row("DELETE /coupons/{}", SELLERS),
    Row("GET /coupons/apply", BUYER),
    Row("POST /checkout", BUYER, also=("POST /orders/checkout",)),
    Row("POST /orders", BUYER),
    Row("GET /orders", ACCOUNT, also=("GET /admin/orders",)),
    Row("GET /orders/{}", ACCOUNT),
    Row("GET /orders/{}/history", ACCOUNT),
    Row("PATCH /orders/{}/status", SELLERS),
    Row("POST /orders/{}/cancel", ACCOUNT, also=("PATCH /orders/{}/cancel", "PUT /orders/{}/cancel")),
    Row("DELETE /orders/{}", BUYERS),
    Row("POST /orders/{}/restore", BUYERS),
    Row("POST /payments", BUYER),
    Row("GET /payments/{}", ACCOUNT),
    Row("POST /payments/{}/retry", BUYER),
    Row("POST /payments/{}/refunds", SELLERS),
    Row("POST /payments/razorpay/webhook", PUBLIC),
    Row("POST /payments/stripe/webhook", PUBLIC),
    Row("GET /admin/analytics/sales", SELLERS),
    Row("GET /admin/analytics/revenue", SELLERS),
    Row("GET /admin/analytics/top-products", SELLERS),
    Row("GET /admin/analytics/users", ADMIN),
    Row("GET /admin/analytics/orders", SELLERS),
    Row("POST /admin/reports", ADMIN),
    Row("GET /admin/reports", ADMIN),
    Row("GET /admin/reports/{}", ADMIN),
    Row("GET /admin/reports/{}/file", ADMIN),
    Row("GET /admin/jobs", ADMIN),
    Row("GET /admin/jobs/{}", ADMIN),
    Row("POST /admin/jobs/{}/retry", ADMIN),
    Row("DELETE /admin/jobs/{}", ADMIN),
    Row("GET /admin/audit", ADMIN),
    Row("GET /admin/projections", ADMIN),
    Row("POST /admin/projections/{}/rebuild", ADMIN),
    Row("GET /admin/api-keys", ADMIN),
    Row("POST /admin/api-keys", ADMIN),
    Row("DELETE /admin/api-keys/{}", ADMIN),
    Row("POST /webhooks", ADMIN),
    Row("GET /webhooks", ADMIN),
    Row("PATCH /webhooks/{}", ADMIN),
    Row("DELETE /webhooks/{}", ADMIN),
    Row("GET /webhooks/{}/deliveries", ADMIN),
    Row("POST /webhooks/{}/replay", ADMIN),
    Row("GET /events", ADMIN),
    Row("GET //images/{}", PUBLIC),
    Row("GET //images/{}/thumbnail", PUBLIC),
    Row("GET //health/live", PUBLIC),
    Row("GET //health/ready", PUBLIC),
    Row("GET //metrics", PUBLIC),
    Row("GET //openapi.json", PUBLIC),
    Row("GET //docs", PUBLIC),
    # What the promise takes to be kept, and does not name:
    Row("GET //docs/{}", PUBLIC),
)
"""A path with two slashes in front stands beside the base path."""


def name_of(method: str, path: str) -> str:
    """As the table has it."""
    short = path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else f"/{path}"
    return f"{method} {re.sub(r'{[^}]*}', '{}', short)}"


def served() -> dict[str, TillRoute]:
    """What the application serves, by name; the deprecated ones included."""
    return {name_of(method, route.path): route for route in api_routes() for method in route.methods or ()}


def who_may(route: TillRoute) -> str:
    """In the words of the table."""
    if route.operation.access is Access.PUBLIC:
        return PUBLIC
    roles = sorted(map(str, route.operation.roles))
    return ACCOUNT if not roles or len(roles) == len(Role) else ", ".join(roles)


def not_yet() -> list[str]:
    """What is promised for later."""
    return NOT_YET.read_text(encoding="utf-8").split("\n")[:-1]


def write_not_yet(names: Iterable[str]) -> None:
    NOT_YET.write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")


def promised() -> list[str]:
    """Every name in the table, the other ones included, and every field."""
    return [*(name for row in TABLE for name in (row.name, *row.also)), *field_table.promised()]


def there() -> set[str]:
    """What the application serves, by the names in the tables."""
    return {*served(), *websockets(), *field_table.shown()}


def websockets() -> frozenset[str]:
    """Those that the application serves, by name; it is put together for the purpose, and opens nothing."""
    services: Any = nullcontext()
    app = create_app(settings=settings("postgresql://nowhere", NOT_YET.parent), services=services)
    return frozenset(
        name_of("WEBSOCKET", route.path) for route in app.router.routes if isinstance(route, WebSocketRoute)
    )
