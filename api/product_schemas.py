"""Products as clients see them, and what they ask of lists."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.answers import View
from api.fields import QueryAmount, Text
from api.paging import PageQuery
from application.products import ProductKept
from domain.catalogue.images import Image
from domain.catalogue.sales import SaleWindow
from domain.shared.money import Money
from projections.catalogue_lists import Sort
from projections.catalogue_queries import ProductRow

EXAMPLE = {"name": "Brass kettle", "description": "1.5 l", "price": 875.00, "discount": 10, "quantity": 40}
EXAMPLE_VIEW: dict[str, object] = {
    "id": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "sellerId": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "name": "Brass kettle",
    "description": "1.5 l",
    "sku": None,
    "category": {"id": "1c9a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "name": "Kettles"},
    "attributes": {},
    "price": 875.00,
    "discount": 10.00,
    "saleStart": "2026-11-27T00:00:00Z",
    "saleEnd": "2026-11-30T00:00:00Z",
    "salePercentage": 25.00,
    "effectivePrice": 787.50,
    "currency": "INR",
    "quantity": 40,
    "available": 40,
    "rating": 4.33,
    "reviewCount": 3,
    "images": [
        {
            "id": "0b0f8a3e-8d0e-5a61-b7a5-9f4b0e0c7d11",
            "url": "/images/0b0f8a3e-8d0e-5a61-b7a5-9f4b0e0c7d11",
            "thumbnailUrl": "/images/0b0f8a3e-8d0e-5a61-b7a5-9f4b0e0c7d11/thumbnail",
            "mediaType": "image/jpeg",
            "width": 1600,
            "height": 1200,
        }
    ],
    "version": 1,
    "createdAt": "2026-11-21T12:00:00Z",
    "updatedAt": "2026-11-21T12:00:00Z",
}


class ImageView(View, frozen=True, kw_only=True):
    id: UUID
    url: str
    """Of the picture; it never changes."""
    thumbnail_url: str
    media_type: str
    width: int
    height: int


class CategoryName(View, frozen=True, kw_only=True):
    id: UUID
    name: str


class ProductView(View, frozen=True, kw_only=True):
    id: UUID
    seller_id: UUID
    name: str
    description: str
    sku: str | None
    category: CategoryName | None
    attributes: dict[str, str]
    price: Decimal
    discount: Decimal
    """Standing percentage."""
    sale_start: datetime | None
    """Of the current sale, or the next."""
    sale_end: datetime | None
    sale_percentage: Decimal | None
    effective_price: Decimal
    """Now: less the standing discount or the sale, whichever takes off more."""
    currency: str
    quantity: int
    """Units on hand."""
    available: int
    rating: Decimal | None
    """Stars, 1 to 5: the average of all reviews, to two decimals; null where there are none."""
    review_count: int
    images: list[ImageView]
    version: int
    created_at: datetime
    updated_at: datetime


class ProductPage(View, frozen=True, kw_only=True):
    items: list[ProductView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


def _sort(text: str) -> str:
    if text.removeprefix("-") not in set(Sort):
        raise PydanticCustomError("sort", "One of {words}, with - in front for descending.", {"words": ", ".join(Sort)})
    return text


class ProductFilters(PageQuery):
    seller: UUID | None = None
    category: UUID | None = None
    """Or any below it."""
    min_price: QueryAmount | None = None
    max_price: QueryAmount | None = None
    min_discount: Annotated[int, Field(ge=0, le=100)] | None = None
    on_sale: bool | None = None
    """Whether it costs less than its price now."""
    in_stock: bool | None = None
    sort: Annotated[str, Text(50), AfterValidator(_sort)] = "-createdAt"


def shown(row: ProductRow) -> ProductView:
    return ProductView(
        id=row.id,
        seller_id=row.seller_id,
        name=row.name,
        description=row.description,
        sku=row.sku,
        category=_category(row.category_id, row.category_name),
        attributes=row.attributes,
        price=row.price.major(),
        discount=percentage(row.discount),
        **_sale(row.sale),
        effective_price=row.effective_price.major(),
        currency=row.currency,
        quantity=row.on_hand,
        available=row.available,
        **_opinion(row),
        images=[*map(pictured, row.images)],
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def kept(product: ProductKept, known: ProductRow | None) -> ProductView:
    """As it stands after a command. What buyers say of it the command does not know: that is as it was `known`."""
    return ProductView(
        id=product.product_id,
        seller_id=product.seller_id,
        name=product.name,
        description=product.description,
        sku=product.sku,
        category=_category(product.category_id, product.category_name),
        attributes=product.attributes,
        price=product.price.major(),
        discount=percentage(product.discount),
        **_sale(product.sale),
        effective_price=product.effective_price.major(),
        currency=product.price.currency,
        quantity=product.on_hand,
        available=product.available,
        **_opinion(known),
        images=[*map(pictured, product.images)],
        version=product.version,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def _opinion(row: ProductRow | None) -> dict[str, Any]:
    if row is None or row.rating is None:
        return {"rating": None, "review_count": 0}
    return {"rating": Decimal(row.rating).scaleb(-2), "review_count": row.reviews}


def _sale(sale: SaleWindow | None) -> dict[str, Any]:
    if sale is None:
        return {"sale_start": None, "sale_end": None, "sale_percentage": None}
    return {"sale_start": sale.start, "sale_end": sale.end, "sale_percentage": percentage(sale.percentage)}


def pictured(image: Image) -> ImageView:
    url = f"/images/{image.id}"
    return ImageView(
        id=image.id,
        url=url,
        thumbnail_url=f"{url}/thumbnail",
        media_type=image.media_type,
        width=image.width,
        height=image.height,
    )


def _category(category_id: UUID | None, name: str | None) -> CategoryName | None:
    return None if category_id is None else CategoryName(id=category_id, name=name or "")


def percentage(basis_points: int) -> Decimal:
    return Decimal(basis_points).scaleb(-2)


def minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor
