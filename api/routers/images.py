"""Pictures of products: what sellers add and take away, and what everybody sees."""

from api.answers import Answer, created, no_content
from api.bodies import pointer
from api.call import Call
from api.multipart import FORM_PROBLEMS, is_multipart
from api.pictures import kept_pictures, throw_away
from api.problems import Problem, invalid, not_found
from api.product_schemas import EXAMPLE_VIEW, ProductView, kept
from api.routers.products import SELLERS, current
from api.routing import Access, Operation, Resource
from application.ports.images import Form, ImageKey
from application.product_images import AddProductImages, RemoveProductImage
from application.products import ProductKept
from domain.accounts.events import Role
from domain.catalogue.images import TooManyImages, UnknownImage
from domain.shared.identifiers import ImageId, ProductId
from domain.shared.refusal import Forbidden

RESOURCE = Resource("", "catalogue")
PRODUCT = "/api/v1/products/{product_id}"
NO_FIELDS: frozenset[str] = frozenset()
FOR_EVER = [
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox; frame-ancestors 'none'"),
    (b"content-disposition", b"inline"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
"""What is kept under an image's identifier never changes, and is shown on other sites' pages."""
BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
"""What the pictures begin with that the shop makes; it keeps no others."""


@RESOURCE.route(
    "POST",
    f"{PRODUCT}/images",
    Operation(
        summary="Add pictures to a product",
        answer=ProductView,
        status=201,
        roles=SELLERS,
        refusals=(TooManyImages,),
        problems=((412, "version-mismatch"), *FORM_PROBLEMS),
        uploads=NO_FIELDS,
        examples={"response": EXAMPLE_VIEW},
    ),
)
async def add_product_images(call: Call, product_id: ProductId) -> Answer:
    if not is_multipart(call.given):
        raise Problem(415, "unsupported-media-type", "Images are sent as multipart/form-data.")
    for field in await call.fields():
        raise invalid(pointer([field]), "There is no such field.")
    if not call.uploads:
        raise invalid("/images", "At least one image is required.")
    known = await current(call, product_id)
    if call.account.role is not Role.ADMIN and call.account.account != known.seller_id:
        raise Forbidden("The product belongs to another seller.")
    async with kept_pictures(call) as images:
        command = AddProductImages(product_id=product_id, expected_version=call.expected_version(), images=images)
        product = await call.done(command, ProductKept)
    return created(kept(product, known), location=f"/images/{images[0].id}", version=product.version)


@RESOURCE.route(
    "DELETE",
    f"{PRODUCT}/images/{{image_id}}",
    Operation(summary="Take a picture of a product away", status=204, roles=SELLERS, refusals=(UnknownImage,)),
)
async def remove_product_image(call: Call, product_id: ProductId, image_id: ImageId) -> Answer:
    command = RemoveProductImage(product_id=product_id, expected_version=call.expected_version(), image_id=image_id)
    await call.submit(command)
    await throw_away(call.services.images, [image_id])
    return no_content()


@RESOURCE.route("GET", "/images/{image_id}", Operation(summary="A picture", access=Access.PUBLIC, produces="image/*"))
async def get_image(call: Call, image_id: ImageId) -> Answer:
    return await _picture(call, ImageKey(image_id, Form.FULL))


@RESOURCE.route(
    "GET",
    "/images/{image_id}/thumbnail",
    Operation(summary="A picture, small", access=Access.PUBLIC, produces="image/*"),
)
async def get_thumbnail(call: Call, image_id: ImageId) -> Answer:
    return await _picture(call, ImageKey(image_id, Form.THUMBNAIL))


async def _picture(call: Call, key: ImageKey) -> Answer:
    data = await call.services.images.get(key)
    if data is None:
        raise not_found("There is no such image.")
    media_type = next((kind for beginning, kind in BEGINNINGS.items() if data.startswith(beginning)), None)
    if media_type is None:  # somebody else's hand was in the store
        raise not_found("There is no such image.")
    etag = (b"etag", f'"{key.image}-{key.form}"'.encode())
    return Answer(200, data, [(b"content-type", media_type.encode()), *FOR_EVER, etag], compressible=False)
