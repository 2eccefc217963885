"""What the golden files of products and their stock say."""

from datetime import timedelta
from uuid import UUID

from domain.catalogue.events import (
    ProductDescribed,
    ProductImageAdded,
    ProductImageRemoved,
    ProductListed,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
    ReviewDeleted,
    ReviewEdited,
    ReviewGiven,
    SaleCancelled,
    SaleEnded,
    SaleScheduled,
    SaleStarted,
)
from domain.inventory.events import (
    StockAdjusted,
    StockOpened,
    StockRanLow,
    StockReleased,
    StockReserved,
    StockShipped,
    StockThresholdSet,
)
from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import ImageId, review_of
from tests.golden.customers import ACCOUNT, AT, ORDER, PRICE, PRODUCT

REVIEW = review_of(PRODUCT, ACCOUNT)

IMAGE = ImageId(UUID("b0000000-0000-4000-8000-00000000001a"))

CATALOGUE: tuple[Event, ...] = (
    ProductListed(
        product_id=PRODUCT,
        seller_id=ACCOUNT,
        name="Rose Herbal Shampoo \N{ROSE}",
        description="With real petals.\nFor dry hair.",
        sku=None,
        attributes={"size": "200 ml", "colour": "pink"},
        price=PRICE,
        discount=1_250,
        at=AT,
    ),
    ProductDescribed(
        product_id=PRODUCT,
        name="Rose Shampoo",
        description="",
        sku="RH-200",
        attributes={"size": "200 ml"},
        at=AT,
    ),
    ProductRepriced(product_id=PRODUCT, price=PRICE, discount=0, at=AT),
    ProductWithdrawn(product_id=PRODUCT, at=AT),
    ProductRestored(product_id=PRODUCT, at=AT),
    ProductImageAdded(
        product_id=PRODUCT, image_id=IMAGE, media_type="image/jpeg", width=1_600, height=1_200, size=284_113, at=AT
    ),
    ProductImageRemoved(product_id=PRODUCT, image_id=IMAGE, at=AT),
    ReviewGiven(
        review_id=REVIEW,
        product_id=PRODUCT,
        buyer_id=ACCOUNT,
        order_id=ORDER,
        rating=5,
        text="Smells of roses.\nReally \N{ROSE}",
        at=AT,
    ),
    ReviewEdited(review_id=REVIEW, product_id=PRODUCT, rating=4, text="Smells of roses.", at=AT),
    ReviewDeleted(review_id=REVIEW, product_id=PRODUCT, by=Actor.of(ACCOUNT), at=AT),
    SaleScheduled(product_id=PRODUCT, start=AT, end=AT + timedelta(days=3), percentage=2_550, at=AT),
    SaleCancelled(product_id=PRODUCT, start=AT, end=AT + timedelta(days=3), at=AT),
    SaleStarted(product_id=PRODUCT, start=AT, end=AT + timedelta(days=3), percentage=2_550, at=AT),
    SaleEnded(product_id=PRODUCT, start=AT, end=AT + timedelta(days=3), at=AT),
    StockOpened(product_id=PRODUCT, threshold=5),
    StockAdjusted(product_id=PRODUCT, change=-4, on_hand=96, reason="broken in transit"),
    StockReserved(product_id=PRODUCT, order_id=ORDER, quantity=3),
    StockReleased(product_id=PRODUCT, order_id=ORDER, quantity=3),
    StockShipped(product_id=PRODUCT, order_id=ORDER, quantity=3),
    StockThresholdSet(product_id=PRODUCT, threshold=20),
    StockRanLow(product_id=PRODUCT, available=20, threshold=20),
)
