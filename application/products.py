"""What commands on a product touch, and what they answer."""

from datetime import datetime

from application.ports.commands import Result, Touched, touching
from application.ports.work import Work
from domain.catalogue.categories import CATEGORY_TREES
from domain.catalogue.images import Image
from domain.catalogue.product import PRODUCTS
from domain.catalogue.sales import SaleWindow
from domain.inventory.stock import STOCKS
from domain.shared.identifiers import CATEGORY_TREE, AccountId, CategoryId, ProductId, stock_of
from domain.shared.money import Money


class ProductKept(Result, frozen=True, kw_only=True):
    """The product as it stands after the command, as far as its own stream knows it."""

    product_id: ProductId
    version: int
    seller_id: AccountId
    name: str
    description: str
    sku: str | None
    attributes: dict[str, str]
    price: Money
    discount: int
    effective_price: Money
    on_hand: int
    available: int
    withdrawn: bool
    created_at: datetime
    updated_at: datetime
    images: tuple[Image, ...] = ()
    category_id: CategoryId | None = None
    category_name: str | None = None
    sale: SaleWindow | None = None
    """The current or the next."""


def product_streams(product_id: ProductId) -> Touched:
    """Of a product and its stock, which every answer shows."""
    return (*touching(PRODUCTS, product_id), *touching(STOCKS, stock_of(product_id)))


def kept(work: Work, product_id: ProductId) -> ProductKept:
    """As it stands now."""
    product, stock = work.get(PRODUCTS, product_id), work.get(STOCKS, stock_of(product_id))
    return ProductKept(
        product_id=product_id,
        version=work.version(product_id),
        seller_id=product.seller_id,
        name=product.name,
        description=product.description,
        sku=product.sku,
        attributes=product.attributes,
        price=product.price,
        discount=product.discount,
        effective_price=product.effective_price(work.now),
        on_hand=stock.on_hand,
        available=stock.available,
        withdrawn=product.withdrawn,
        created_at=product.created_at,
        updated_at=product.updated_at,
        images=product.images,
        category_id=product.category_id,
        category_name=_category_name(work, product.category_id),
        sale=product.sales.shown(work.now),
    )


def _category_name(work: Work, category_id: CategoryId | None) -> str | None:
    return None if category_id is None else work.get(CATEGORY_TREES, CATEGORY_TREE).name_of(category_id)
