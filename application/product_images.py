"""Commands on the pictures of products. The pictures themselves are made and kept before the command."""

from typing import ClassVar

from application.access import own_product, require_version
from application.ports.commands import Command, Touched
from application.ports.work import Work
from application.products import ProductKept, kept, product_streams
from domain.catalogue.images import Image
from domain.catalogue.product import PRODUCTS
from domain.shared.identifiers import ImageId, ProductId


class AddProductImages(Command, frozen=True, kw_only=True):
    """All or none."""

    name: ClassVar[str] = "catalogue.add-product-images"
    product_id: ProductId
    expected_version: int | None = None
    images: tuple[Image, ...]

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class RemoveProductImage(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.remove-product-image"
    product_id: ProductId
    expected_version: int | None = None
    image_id: ImageId

    def streams(self) -> Touched:
        return product_streams(self.product_id)


def add_product_images(command: AddProductImages, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    work.record(PRODUCTS, product.id, product.add_images(command.images, at=work.now))
    return kept(work, product.id)


def remove_product_image(command: RemoveProductImage, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    work.record(PRODUCTS, product.id, product.remove_image(command.image_id, at=work.now))
    return kept(work, product.id)
