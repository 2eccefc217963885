"""Products as clients send them."""

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType
from pydantic import Field

from api.fields import Amount, Attributes, Body, Description, Name, Percentage, Sku, Text, Units, absent
from api.problems import invalid

OnHand = Annotated[Units, Field(description="Units on hand from now on; left out, they stay as they are.")]
SameOnHand = Annotated[Units, Field(description="The same as `quantity`, by another name; never both.")]


class Counted(Body):
    """What may say how much there is, by either name."""

    quantity: OnHand = absent()
    stock_quantity: SameOnHand = absent()

    @property
    def on_hand(self) -> int | UnsetType:
        """Raises a Problem where both names were used."""
        if not self.gives("stock_quantity"):
            return self.quantity if self.gives("quantity") else UNSET
        if self.gives("quantity"):
            raise invalid("/stockQuantity", "Either quantity or stockQuantity.")
        return self.stock_quantity


class ProductForm(Counted):
    """A product as a whole, for PUT."""

    name: Name
    description: Description = ""
    price: Amount
    sku: Sku | None = None
    category: UUID | None = None
    attributes: Attributes = {}
    discount: Percentage = 0


class NewProduct(ProductForm):
    threshold: Units | None = None
    seller_id: UUID | None = None
    """For admins, who list on behalf of a seller."""


class ProductPatch(Counted):
    """JSON Merge Patch: what is absent stays, null removes what may be missing."""

    name: Name = absent()
    description: Description | None = None
    price: Amount = absent()
    sku: Sku | None = None
    category: UUID | None = None
    attributes: Annotated[
        dict[Annotated[str, Text(200, 1)], Annotated[str, Text(200)] | None] | None, Field(max_length=50)
    ] = None
    discount: Percentage | None = None
