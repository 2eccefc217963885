"""Pictures between a request and its command: made anew, kept, and thrown away again where the command is refused."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from uuid import UUID

import structlog
from starlette.datastructures import UploadFile

from api.call import Call
from api.problems import Problem, invalid
from application.ports.images import Developed, Form, ImageKey, ImageNotAccepted, ImageStore, ImageStoreUnavailable
from domain.catalogue.images import Image
from domain.shared.identifiers import ImageId, derived

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def kept_pictures(call: Call) -> AsyncIterator[tuple[Image, ...]]:
    """What the request brought, ready to be recorded. A request that is refused leaves nothing behind.

    A crash before the command leaves files that no product names; `till images` finds them.
    """
    developed = [await _developed(call, number, upload) for number, upload in enumerate(call.uploads)]
    images = tuple([await _kept(call, number, each) for number, each in enumerate(developed)])
    try:
        yield images
    except Problem:  # as a refusal arrives here: nothing was recorded under this request's identifiers
        await throw_away(call.services.images, [image.id for image in images])
        raise


async def throw_away(store: ImageStore, images: Sequence[ImageId]) -> None:
    """As far as the store can be reached; the rest is found later."""
    try:
        for image in images:
            for form in Form:
                await store.remove(ImageKey(image, form))
    except ImageStoreUnavailable as error:
        _log.warning("images were not removed", images=[str(image) for image in images], error=str(error))


async def _kept(call: Call, number: int, developed: Developed) -> Image:
    full = developed.full
    image = ImageId(_identifier(call, number, developed))
    for form, made in ((Form.THUMBNAIL, developed.thumbnail), (Form.FULL, full)):
        await call.services.images.put(ImageKey(image, form), made.data, media_type=made.media_type)
    return Image(id=image, media_type=full.media_type, width=full.width, height=full.height, size=len(full.data))


async def _developed(call: Call, number: int, upload: UploadFile) -> Developed:
    try:
        return await call.services.developer.develop(await upload.read())
    except ImageNotAccepted as refused:
        raise invalid(f"/images/{number}", refused.detail) from refused


def _identifier(call: Call, number: int, developed: Developed) -> UUID:
    """Of the request and of what can be seen: the same request again writes the same file, another one never does."""
    seen = blake2b(developed.full.data + developed.thumbnail.data, digest_size=16).hexdigest()
    return derived("image", call.command_id(), number, seen)
