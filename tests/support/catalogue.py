"""Products and their stock, built as they come to be."""

from uuid import UUID

from domain.catalogue.product import PRODUCTS, Product
from domain.inventory.stock import STOCKS, Stock
from domain.shared.identifiers import AccountId, OrderId, ProductId
from domain.shared.money import Money
from tests.support.accounts import SELLER
from tests.support.given import after
from tests.support.times import NOON

SHAMPOO = ProductId(UUID(int=0xA1))
SOAP = ProductId(UUID(int=0xA2))
PRICE = Money(87_500, "INR")


def a_product(
    product_id: ProductId = SHAMPOO, *, price: Money = PRICE, discount: int = 0, seller: AccountId = SELLER
) -> Product:
    listed = Product.list(
        product_id=product_id,
        seller_id=seller,
        name="Rose Shampoo",
        description="With real petals.",
        sku="RS-200",
        attributes={"size": "200 ml"},
        price=price,
        discount=discount,
        at=NOON,
    )
    return after(PRODUCTS, listed)


def a_withdrawn_product() -> Product:
    product = a_product()
    return after(PRODUCTS, product.withdraw(NOON), product)


def a_stock(on_hand: int, *, threshold: int = 5, reserved: dict[OrderId, int] | None = None) -> Stock:
    stock = after(STOCKS, Stock.open(product_id=SHAMPOO, threshold=threshold))
    stock = after(STOCKS, stock.adjust(on_hand, "delivered"), stock)
    for order_id, quantity in (reserved or {}).items():
        stock = after(STOCKS, stock.reserve(order_id, quantity), stock)
    return stock
