"""The buyer's own wishlist."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from api.answers import Answer, View, created, no_content, versioned
from api.call import Call
from api.fields import Body
from api.positions import catch_up
from api.routing import Operation, Resource
from application.ports.security import Standing
from application.wishlist import AddWish, RemoveWish, WishKept
from domain.accounts.events import Role
from domain.catalogue.product import ProductNotAvailable
from domain.shared.identifiers import ProductId, wishlist_of
from domain.shared.refusal import NotFound
from domain.shopping.wishlist import WishlistFull
from projections.catalogue_queries import ProductRow, products_by_id
from projections.wishlists import WishlistRow, wishlist

RESOURCE = Resource("/api/v1/wishlist", "shopping")
BUYER = (Role.BUYER,)
PRODUCT = "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10"
ADDED = "2026-11-21T12:00:00Z"


class WishForm(Body):
    product_id: UUID


class WishWarning(StrEnum):
    """Why it cannot be bought now."""

    NOT_AVAILABLE = "not-available"
    """It was withdrawn."""
    OUT_OF_STOCK = "out-of-stock"


class WishView(View, frozen=True, kw_only=True):
    """As the catalogue has it now; of a product that is not in it any more, only the identifier is left."""

    product_id: UUID
    name: str | None = None
    seller_id: UUID | None = None
    price: Decimal | None = None
    effective_price: Decimal | None = None
    available: int = 0
    warning: WishWarning | None
    added_at: datetime


class WishlistView(View, frozen=True, kw_only=True):
    """The latest wish first."""

    id: UUID
    user_id: UUID
    items: list[WishView]
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


class KeptWishView(View, frozen=True, kw_only=True):
    product_id: UUID
    name: str
    added_at: datetime


class WishAddedView(View, frozen=True, kw_only=True):
    """The wish, and how many there are."""

    id: UUID
    item: KeptWishView
    wishes: int
    version: int


EXAMPLE_WISH = {
    "productId": PRODUCT,
    "name": "Brass kettle",
    "sellerId": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "price": 875.00,
    "effectivePrice": 787.50,
    "available": 40,
    "warning": None,
    "addedAt": ADDED,
}
EXAMPLE_LIST = {
    "id": "0a3f5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "userId": "c6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "items": [EXAMPLE_WISH],
    "currency": "INR",
    "version": 2,
    "createdAt": ADDED,
    "updatedAt": ADDED,
}
EXAMPLE_ADDED = {
    "id": EXAMPLE_LIST["id"],
    "item": {"productId": PRODUCT, "name": "Brass kettle", "addedAt": ADDED},
    "wishes": 1,
    "version": 2,
}


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="The caller's wishlist at today's prices",
        answer=WishlistView,
        roles=BUYER,
        examples={"response": EXAMPLE_LIST},
    ),
)
async def get_wishlist(call: Call) -> Answer:
    await catch_up(call, "wishlists", "catalogue", "stock_levels", "categories")
    async with call.services.pool.connection() as connection:
        row = await wishlist(connection, call.account.account, wishlists=call.schema("wishlists"))
        products = await products_by_id(
            connection,
            [product for product, _ in row.wishes] if row else [],
            tables=call.running.catalogue.tables(),
            at=call.services.clock.now(),
        )
    view = _shown(call.account, row, products, call.services.settings.store_currency)
    return versioned(view, view.version)


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Put a product on the wishlist",
        answer=WishAddedView,
        status=201,
        roles=BUYER,
        refusals=(NotFound, ProductNotAvailable, WishlistFull),
        examples={"request": {"productId": PRODUCT}, "response": EXAMPLE_ADDED},
    ),
)
async def add_wish(call: Call, body: WishForm) -> Answer:
    kept = await call.done(AddWish(product_id=ProductId(body.product_id)), WishKept)
    view = WishAddedView(
        id=kept.wishlist_id,
        item=KeptWishView(product_id=kept.product_id, name=kept.title, added_at=kept.added_at),
        wishes=kept.wishes,
        version=kept.version,
    )
    return created(view, location="/api/v1/wishlist", version=kept.version)


@RESOURCE.route(
    "DELETE", "/{product_id}", Operation(summary="Take a product off the wishlist", status=204, roles=BUYER)
)
async def remove_wish(call: Call, product_id: ProductId) -> Answer:
    await call.submit(RemoveWish(product_id=product_id, expected_version=call.expected_version()))
    return no_content()


def _shown(
    caller: Standing, row: WishlistRow | None, products: Mapping[ProductId, ProductRow], currency: str
) -> WishlistView:
    """A wishlist that was never used is as old as the account."""
    return WishlistView(
        id=wishlist_of(caller.account),
        user_id=caller.account,
        items=[_wish(product, at, products.get(product)) for product, at in row.wishes] if row else [],
        currency=currency,
        version=row.version if row else 0,
        created_at=row.created_at if row else caller.created_at,
        updated_at=row.updated_at if row else caller.created_at,
    )


def _wish(product_id: ProductId, added_at: datetime, product: ProductRow | None) -> WishView:
    if product is None or product.withdrawn:
        return WishView(product_id=product_id, warning=WishWarning.NOT_AVAILABLE, added_at=added_at)
    return WishView(
        product_id=product_id,
        name=product.name,
        seller_id=product.seller_id,
        price=product.price.major(),
        effective_price=product.effective_price.major(),
        available=product.available,
        warning=None if product.available else WishWarning.OUT_OF_STOCK,
        added_at=added_at,
    )
