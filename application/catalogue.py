"""Commands on products."""

from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, UnsetType

from application.ports.commands import Command, Result
from domain.shared.identifiers import AccountId, ProductId
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


class EditProduct(Command, frozen=True, kw_only=True):
    """UNSET leaves a field as it is."""

    name: ClassVar[str] = "catalogue.edit-product"
    product_id: ProductId
    expected_version: int | None = None
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    sku: str | UnsetType | None = UNSET
    attributes: dict[str, str] | UnsetType = UNSET
    price: Money | UnsetType = UNSET
    discount: int | UnsetType = UNSET


class WithdrawProduct(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.withdraw-product"
    product_id: ProductId
    expected_version: int | None = None


class RestoreProduct(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.restore-product"
    product_id: ProductId
