"""Which pictures a product has, and who may say so."""

from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.catalogue import ListProduct, list_product
from application.product_images import (
    AddProductImages,
    RemoveProductImage,
    add_product_images,
    remove_product_image,
)
from domain.catalogue.events import ProductImageAdded, ProductImageRemoved
from domain.catalogue.images import MAX_IMAGES, Image, TooManyImages, UnknownImage
from domain.catalogue.product import PRODUCTS
from domain.shared.identifiers import AccountId, ImageId
from domain.shared.refusal import Forbidden, NotFound, Refusal
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.catalogue import PRICE, SHAMPOO, a_product
from tests.support.given import after
from tests.support.shop import POLICY, FakeShop
from tests.support.times import NOON


def image(number: int) -> Image:
    return Image(id=ImageId(UUID(int=number)), media_type="image/jpeg", width=40, height=30, size=500 + number)


def added(number: int) -> ProductImageAdded:
    return ProductImageAdded(
        product_id=SHAMPOO,
        image_id=ImageId(UUID(int=number)),
        media_type="image/jpeg",
        width=40,
        height=30,
        size=500 + number,
        at=NOON,
    )


def test_images_stand_in_the_order_in_which_they_were_added() -> None:
    product = a_product()
    product = after(PRODUCTS, product.add_images([image(2), image(1)], at=NOON), product)
    product = after(PRODUCTS, product.add_images([image(3)], at=NOON), product)
    product = after(PRODUCTS, product.remove_image(image(1).id, at=NOON), product)
    assert [each.id.int for each in product.images] == [2, 3]


def test_an_image_that_is_there_is_not_added_again() -> None:
    product = a_product()
    assert product.add_images([image(1), image(1)], at=NOON) == (added(1),)
    product = after(PRODUCTS, product.add_images([image(1)], at=NOON), product)
    assert product.add_images([image(1)], at=NOON) == ()


def test_there_are_ten_at_most_and_none_of_too_many_is_added() -> None:
    product = a_product()
    product = after(PRODUCTS, product.add_images([image(n) for n in range(MAX_IMAGES)], at=NOON), product)
    with pytest.raises(TooManyImages):
        product.add_images([image(99)], at=NOON)
    assert product.add_images([image(3)], at=NOON) == ()
    with pytest.raises(TooManyImages):
        a_product().add_images([image(n) for n in range(MAX_IMAGES + 1)], at=NOON)


def test_what_is_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(UnknownImage):
        a_product().remove_image(image(1).id, at=NOON)


def test_a_product_is_listed_with_its_pictures_in_one_go() -> None:
    shop = FakeShop()
    command = ListProduct(product_id=SHAMPOO, title="Soap", price=PRICE, images=(image(1), image(2)))
    kept = shop.ask(lambda work: list_product(command, work, policy=POLICY), by=SELLER)
    assert kept.images == (image(1), image(2))
    assert kept.version == 3


@pytest.mark.parametrize("by", [SELLER, ADMIN])
def test_sellers_and_admins_add_and_take_away(by: AccountId) -> None:
    shop = FakeShop()
    shop.stocks(1)
    add = AddProductImages(product_id=SHAMPOO, images=(image(1),))
    assert shop.ask(lambda work: add_product_images(add, work), by=by).images == (image(1),)
    remove = RemoveProductImage(product_id=SHAMPOO, image_id=image(1).id)
    assert shop.ask(lambda work: remove_product_image(remove, work), by=by).images == ()
    assert shop.log.streams[SHAMPOO][-1] == ProductImageRemoved(product_id=SHAMPOO, image_id=image(1).id, at=NOON)


@pytest.mark.parametrize(
    ("command", "by", "refusal"),
    [
        (AddProductImages(product_id=SHAMPOO, images=(image(1),)), BUYER, Forbidden),
        (AddProductImages(product_id=SHAMPOO, images=(image(1),), expected_version=7), SELLER, VersionMismatch),
    ],
)
def test_others_and_those_who_saw_something_else_may_not(
    command: AddProductImages, by: AccountId, refusal: type[Refusal]
) -> None:
    shop = FakeShop()
    shop.stocks(1)
    before = shop.history()
    with pytest.raises(refusal):
        shop.ask(lambda work: add_product_images(command, work), by=by)
    assert shop.history() == before


def test_a_product_that_is_not_there_gets_no_picture() -> None:
    shop = FakeShop()
    with pytest.raises(NotFound):
        shop.ask(
            lambda work: add_product_images(AddProductImages(product_id=SHAMPOO, images=(image(1),)), work), by=SELLER
        )
