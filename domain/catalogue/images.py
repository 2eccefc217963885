"""The pictures of a product: a few, in the order in which they were added."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.catalogue.events import ProductImageAdded, ProductImageRemoved
from domain.shared.identifiers import ImageId, ProductId
from domain.shared.refusal import Refusal

MAX_IMAGES = 10


class TooManyImages(Refusal):
    """A product has at most 10 images."""

    code = "too-many-images"


class UnknownImage(Refusal):
    """The product has no such image."""

    code = "unknown-image"


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop made of a picture; the bytes are kept elsewhere, under its id."""

    id: ImageId
    media_type: str
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes."""


def added(
    product_id: ProductId, kept: Sequence[Image], images: Sequence[Image], *, at: datetime
) -> tuple[ProductImageAdded, ...]:
    """An event for each that is not there yet. Raises TooManyImages."""
    known = {image.id for image in kept}
    fresh = [image for image in {each.id: each for each in images}.values() if image.id not in known]
    if len(kept) + len(fresh) > MAX_IMAGES:
        raise TooManyImages(f"A product has at most {MAX_IMAGES} images; this one has {len(kept)}.")
    return tuple(
        ProductImageAdded(
            product_id=product_id,
            image_id=image.id,
            media_type=image.media_type,
            width=image.width,
            height=image.height,
            size=image.size,
            at=at,
        )
        for image in fresh
    )


def removed(
    product_id: ProductId, kept: Sequence[Image], image_id: ImageId, *, at: datetime
) -> tuple[ProductImageRemoved, ...]:
    """Raises UnknownImage."""
    if image_id not in {image.id for image in kept}:
        raise UnknownImage("The product has no such image.")
    return (ProductImageRemoved(product_id=product_id, image_id=image_id, at=at),)


def after(kept: tuple[Image, ...], event: ProductImageAdded | ProductImageRemoved) -> tuple[Image, ...]:
    """The pictures after the event."""
    if isinstance(event, ProductImageRemoved):
        return tuple(image for image in kept if image.id != event.image_id)
    image = Image(
        id=event.image_id, media_type=event.media_type, width=event.width, height=event.height, size=event.size
    )
    return (*kept, image)
