"""Commands on products."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from application.access import admitted, own_product, require_version
from application.policy import ShopPolicy
from application.ports.commands import Command, Touched
from application.ports.work import Work
from application.products import ProductKept, kept, product_streams
from domain.accounts.account import ACCOUNTS
from domain.accounts.events import Role
from domain.catalogue.categories import CATEGORY_TREES, EMPTY
from domain.catalogue.images import Image
from domain.catalogue.product import PRODUCTS, Product
from domain.inventory.stock import STOCKS, Stock
from domain.shared.identifiers import CATEGORY_TREE, AccountId, CategoryId, ProductId, stock_of
from domain.shared.money import CurrencyMismatch, Money
from domain.shared.refusal import AlreadyExists, Forbidden


class ListProduct(Command, frozen=True, kw_only=True):
    """Sellers list for themselves; an admin may name the seller."""

    name: ClassVar[str] = "catalogue.list-product"
    product_id: ProductId
    seller_id: AccountId | None = None
    title: str
    description: str = ""
    sku: str | None = None
    attributes: dict[str, str] = {}
    price: Money
    discount: int = 0
    quantity: int = 0
    threshold: int | None = None
    images: tuple[Image, ...] = ()
    category_id: CategoryId | None = None

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class EditProduct(Command, frozen=True, kw_only=True):
    """UNSET leaves a field as it is. `attributes` replaces them all, `attributes_patch` is merged into them."""

    name: ClassVar[str] = "catalogue.edit-product"
    product_id: ProductId
    expected_version: int | None = None
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    sku: str | UnsetType | None = UNSET
    attributes: dict[str, str] | UnsetType = UNSET
    attributes_patch: dict[str, str | None] | None = None
    """As RFC 7396 has it: None for a value takes the attribute out."""
    price: Money | UnsetType = UNSET
    discount: int | UnsetType = UNSET
    category_id: CategoryId | UnsetType | None = UNSET
    quantity: int | UnsetType = UNSET
    """What is on hand from now on."""

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class WithdrawProduct(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.withdraw-product"
    product_id: ProductId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class RestoreProduct(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.restore-product"
    product_id: ProductId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return product_streams(self.product_id)


def list_product(command: ListProduct, work: Work, *, policy: ShopPolicy) -> ProductKept:
    """Lists it and opens its stock in one append."""
    seller = _seller(command, work)
    _require_store_currency(command.price, policy)
    if work.find(PRODUCTS, command.product_id) is not None:
        raise AlreadyExists("There is a product with this identifier.")
    _require_open(work, command.category_id)
    listed = Product.list(
        product_id=command.product_id,
        seller_id=seller,
        name=command.title,
        description=command.description,
        sku=command.sku,
        attributes=command.attributes,
        price=command.price,
        discount=command.discount,
        at=work.now,
        category_id=command.category_id,
    )
    work.record(PRODUCTS, command.product_id, listed)
    product = work.get(PRODUCTS, command.product_id)
    work.record(PRODUCTS, product.id, product.add_images(command.images, at=work.now))
    _stock_up(command, work, policy)
    return kept(work, command.product_id)


def edit_product(command: EditProduct, work: Work, *, policy: ShopPolicy) -> ProductKept:
    """Product and stock in one append; where the one is refused, the other stays as it is too."""
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    price = product.price if command.price is UNSET else command.price
    _require_store_currency(price, policy)
    described = product.describe(
        name=product.name if command.title is UNSET else command.title,
        description=product.description if command.description is UNSET else command.description,
        sku=product.sku if command.sku is UNSET else command.sku,
        attributes=_attributes(product, command),
        at=work.now,
        category_id=_category(product, command, work),
    )
    discount = product.discount if command.discount is UNSET else command.discount
    repriced = product.reprice(price=price, discount=discount, at=work.now)
    work.record(PRODUCTS, product.id, (*described, *repriced))
    _count(product.id, command.quantity, work)
    return kept(work, product.id)


def _count(product_id: ProductId, on_hand: int | UnsetType, work: Work) -> None:
    """Raises StockBelowReserved and StockOutOfRange."""
    if on_hand is not UNSET:
        stock_id = stock_of(product_id)
        work.record(STOCKS, stock_id, work.get(STOCKS, stock_id).set_to(on_hand, "edited"))


def _attributes(product: Product, command: EditProduct) -> dict[str, str]:
    whole = product.attributes if command.attributes is UNSET else command.attributes
    patched = {**whole, **(command.attributes_patch or {})}
    return {name: value for name, value in patched.items() if value is not None}


def _category(product: Product, command: EditProduct, work: Work) -> CategoryId | None:
    """Where it stands from now on; it may stay where it is, but a category that is being removed takes nothing in."""
    if command.category_id is UNSET or command.category_id == product.category_id:
        return product.category_id
    _require_open(work, command.category_id)
    return command.category_id


def withdraw_product(command: WithdrawProduct, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    work.record(PRODUCTS, product.id, product.withdraw(work.now))
    return kept(work, product.id)


def restore_product(command: RestoreProduct, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    work.record(PRODUCTS, product.id, product.restore(work.now))
    return kept(work, product.id)


def _seller(command: ListProduct, work: Work) -> AccountId:
    """Whose product it will be: the seller's own, or what an admin or the shop itself says."""
    asking = admitted(work, Role.SELLER, Role.ADMIN)
    seller = command.seller_id or (asking.id if asking else None)
    if seller is None:
        raise Forbidden("The shop itself sells nothing; name the seller.")
    if asking is not None and asking.id != seller:
        asking.require(Role.ADMIN)
    work.get(ACCOUNTS, seller).require(Role.SELLER, Role.ADMIN)
    return seller


def _stock_up(command: ListProduct, work: Work, policy: ShopPolicy) -> None:
    stock_id = stock_of(command.product_id)
    threshold = policy.low_stock_threshold if command.threshold is None else command.threshold
    work.record(STOCKS, stock_id, Stock.open(product_id=command.product_id, threshold=threshold))
    work.record(STOCKS, stock_id, work.get(STOCKS, stock_id).adjust(command.quantity, "listed"))


def _require_open(work: Work, category_id: CategoryId | None) -> None:
    """Raises UnknownCategory and CategoryIsClosing. The tree is read, so it is not closed at the same time."""
    if category_id is not None:
        (work.find(CATEGORY_TREES, CATEGORY_TREE) or EMPTY).require_open(category_id)


def _require_store_currency(price: Money, policy: ShopPolicy) -> None:
    if price.currency != policy.currency:
        raise CurrencyMismatch(f"Prices are in {policy.currency}.")
