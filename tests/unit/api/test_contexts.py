"""Which routes belong to which context."""

import pytest

from api.app import api_routes
from api.contexts import OPERATIONS, served
from infrastructure.setting_forms import CONTEXTS


def paths(*contexts: str) -> set[str]:
    return {route.path for route in served(api_routes(), contexts)}


def test_every_route_is_of_one_context_that_the_setting_knows_or_the_operators() -> None:
    tags = [route.tags for route in api_routes()]
    assert all(len(each) == 1 for each in tags)
    assert {tag for each in tags for tag in each} == {OPERATIONS, *CONTEXTS}


def test_no_context_named_is_all_of_them() -> None:
    assert paths() == {route.path for route in api_routes()}


@pytest.mark.parametrize(
    ("contexts", "there", "missing"),
    [
        (("accounts",), "/api/v1/auth/login", "/api/v1/products"),
        (("catalogue",), "/api/v1/products/{product_id}", "/api/v1/products/{product_id}/stock"),
        (("inventory",), "/api/v1/products/{product_id}/stock", "/api/v1/products/{product_id}"),
        (("shopping",), "/api/v1/cart/clear", "/api/v1/checkout"),
        (("ordering",), "/api/v1/admin/orders", "/api/v1/payments"),
        (("payments",), "/api/v1/payments", "/api/v1/orders"),
    ],
)
def test_a_context_is_served_with_its_deprecated_routes_and_without_the_others(
    contexts: tuple[str, ...], there: str, missing: str
) -> None:
    found = paths(*contexts)
    assert there in found
    assert missing not in found
    assert {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs"} <= found


def test_the_contexts_together_are_the_whole() -> None:
    parts = [paths(context) - paths_of_operators() for context in CONTEXTS]
    assert set().union(*parts) == paths() - paths_of_operators()


def paths_of_operators() -> set[str]:
    return {route.path for route in api_routes() if OPERATIONS in route.tags}
