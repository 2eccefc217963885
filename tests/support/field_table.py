"""The fields of each answer that clients know, by the names that they find them under."""

from collections.abc import Iterator
from typing import Any

from tests.support.openapi import contract

USER = "email name role isEmailVerified phone isPhoneVerified promotionsOptIn"
PRODUCT = """
name description price sku category sellerId images images.id images.url images.thumbnailUrl attributes discount
saleStart saleEnd salePercentage effectivePrice quantity available rating reviewCount
"""
CART = """
id userId items items.productId items.name items.quantity items.price items.lineTotal items.available items.warning
total currency
"""
COUPON = "code discountPercentage validFrom validTo usageLimit usedCount sellerId isActive"
ORDER = """
orderNumber buyerId items items.productId items.name items.sellerId items.quantity items.priceAtPurchase items.discount
items.tax items.status couponCode originalAmount discountAmount tax totalAmount currency status shippingAddress
cancelledBy cancelReason payBefore paymentId
"""
PAYMENT = "orderId amount currency method status attempts transactionId refunded refundDate"
CHECKOUT = "orderId orderNumber originalTotal discountApplied tax payableAmount currency paymentOptions payBefore"

FIELDS = {
    "user": ("UserView", USER),
    "product": ("ProductView", PRODUCT),
    "cart": ("CartView", CART),
    "coupon": ("CouponView", COUPON),
    "order": ("OrderView", ORDER),
    "payment": ("PaymentView", PAYMENT),
    "checkout": ("CheckoutView", CHECKOUT),
    "attempt": ("PaymentAnswer", "paymentId attempt status orderStatus message"),
    "tokens": ("TokensView", "accessToken refreshToken expiresIn tokenType"),
    "level": ("LevelView", "onHand reserved available threshold low"),
}
"""Resource, its schema in the document, and its fields."""


def promised() -> list[str]:
    """As `resource.field`."""
    return [f"{resource}.{field}" for resource, (_, names) in FIELDS.items() for field in names.split()]


def shown() -> set[str]:
    """What the schemas have, by the same names."""
    schemas = contract().document["components"]["schemas"]
    there = {resource: schemas[view] for resource, (view, _) in FIELDS.items() if view in schemas}
    return {f"{resource}.{name}" for resource, schema in there.items() for name in _properties(schemas, schema)}


def _properties(schemas: Any, schema: Any) -> Iterator[str]:
    """Of an object, and of the objects in its lists as `items.price`."""
    for name, each in schema["properties"].items():
        yield name
        inner = each.get("items", {}).get("$ref", "").rpartition("/")[2]
        if inner:
            yield from (f"{name}.{deeper}" for deeper in _properties(schemas, schemas[inner]))
