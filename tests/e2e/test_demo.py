"""`make run` on a fresh machine: what the banner says to try is worth looking at, and the three who can log in have
something to do."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.support.caller import Caller, demo
from tests.support.system import System, eventually


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("demo"), trade=True) as running:
        eventually("the banner", lambda: "Tillstream is open" in running.log.read_text())
        yield running


def test_the_line_to_try_shows_a_sale_that_is_on_with_pictures_and_stars(shop: System) -> None:
    line = re.search(r"curl -s '[^']+(/api/v1/[^']+)'", shop.log.read_text())
    assert line is not None
    with Caller(shop.url) as anybody:
        (product,) = anybody.get(line[1]).expect(200)["items"]
        assert product["sku"] == "EL-402"
        assert (product["price"], product["salePercentage"]) == (Decimal("3499.00"), 35)
        assert product["effectivePrice"] == Decimal("2274.35")
        assert (product["rating"], product["reviewCount"]) == (Decimal("4.50"), 2)
        for url in (product["images"][0]["url"], product["images"][0]["thumbnailUrl"]):
            assert anybody.get(url).content.startswith(b"\x89PNG")


def test_buyer_seller_and_admin_find_orders_and_the_admin_figures(shop: System) -> None:
    with demo(shop.url, "buyer") as buyer, demo(shop.url, "seller") as seller, demo(shop.url, "admin") as admin:
        counts = [each.get("/orders").expect(200)["total"] for each in (buyer, seller, admin)]
        assert counts == [4, 14, 28]
        assert {each["id"] for each in buyer.get("/users/me/addresses").expect(200)["items"]}
        assert len(buyer.get("/cart").expect(200)["items"]) == 2
        sales = admin.get("/admin/analytics/sales").expect(200)
        assert sum(1 for each in sales["items"] if each["orders"]) > 10
