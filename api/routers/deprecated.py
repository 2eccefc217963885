"""Routes that clients of other shops know: each the same as a canonical one, and marked deprecated."""

from collections.abc import Sequence

from api.routing import TillRoute

ALSO = (
    # method, route, canonical method, canonical route
    ("PATCH", "/customers/email/{account_id}", "PATCH", "/customers/{account_id}/email"),
    ("PATCH", "/customers/phone/{account_id}", "PATCH", "/customers/{account_id}/phone"),
    ("PATCH", "/products/restore/{product_id}", "POST", "/products/{product_id}/restore"),
    ("POST", "/products/{product_id}/review", "POST", "/products/{product_id}/reviews"),
    ("POST", "/cart", "POST", "/cart/items"),
    ("PUT", "/cart/{product_id}", "PUT", "/cart/items/{product_id}"),
    ("DELETE", "/cart/clear", "DELETE", "/cart"),
    ("DELETE", "/cart/{product_id}", "DELETE", "/cart/items/{product_id}"),
    ("POST", "/orders/checkout", "POST", "/checkout"),
    ("GET", "/admin/orders", "GET", "/orders"),
    ("PATCH", "/orders/{order_id}/cancel", "POST", "/orders/{order_id}/cancel"),
    ("PUT", "/orders/{order_id}/cancel", "POST", "/orders/{order_id}/cancel"),
)
PREFIX = "/api/v1"


def aliases(canonical: Sequence[TillRoute]) -> list[TillRoute]:
    """Raises KeyError where the table names a route that is not there."""
    known = {(method, route.path): route for route in canonical for method in route.methods or ()}
    return [known[origin, PREFIX + target].alias(method, PREFIX + path) for method, path, origin, target in ALSO]
