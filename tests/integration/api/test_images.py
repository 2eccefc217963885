"""Pictures of products over HTTP: from the upload to what everybody sees, and everything that is no picture."""

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from psycopg import AsyncConnection

from application.ports.images import Form, ImageKey
from domain.shared.identifiers import ImageId
from infrastructure.eventstore.registry import event_codec
from infrastructure.images.folder import FolderImages
from infrastructure.images.leftovers import leftovers
from tests.support.pictures import SECRET, picture, with_place
from tests.support.uploading import Parts, add, images_of, kept, parts, send
from tests.support.web import Web


async def test_a_picture_is_added_shown_and_taken_away(shop: Web, tmp_path: Path) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    answer = await add(shop, product, parts(with_place((800, 600)), picture(kind="PNG")), by=seller)
    assert answer.status_code == 201, answer.text
    first, second = answer.json()["images"]
    assert (first["mediaType"], first["width"], first["height"]) == ("image/jpeg", 800, 600)
    assert answer.headers["location"] == first["url"]
    assert await images_of(shop, product) == [first, second]
    listed = await shop.send("GET", "/api/v1/products")
    assert listed.json()["items"][0]["images"] == [first, second]
    for url, size in ((first["url"], (800, 600)), (first["thumbnailUrl"], (320, 240))):
        shown = await shop.send("GET", url)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(shown.content)).size == size
        assert SECRET not in shown.content
    gone = await shop.send("DELETE", f"/api/v1/products/{product}/images/{first['id']}", by=seller)
    assert gone.status_code == 204
    assert await images_of(shop, product) == [second]
    assert (await shop.send("GET", first["url"])).status_code == 404
    assert len(kept(tmp_path)) == 2
    again = await shop.send("DELETE", f"/api/v1/products/{product}/images/{first['id']}", by=seller)
    assert (again.status_code, again.json()["code"]) == (404, "unknown-image")


async def test_pictures_are_served_for_ever_and_do_nothing_but_be_seen(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    (image,) = (await add(shop, product, parts(picture((900, 900), "PNG")), by=seller)).json()["images"]
    shown = await shop.send("GET", image["url"], Accept="image/avif,image/webp,image/png", Accept_Encoding="gzip")
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "content-encoding" not in shown.headers
    assert [value for name, value in shown.headers.multi_items() if name == "cross-origin-resource-policy"] == [
        "cross-origin"
    ]
    held = await shop.send("GET", image["url"], If_None_Match=shown.headers["etag"])
    assert (held.status_code, held.content) == (304, b"")
    assert (await shop.send("GET", "/images/00000000-0000-4000-8000-000000000000")).status_code == 404
    assert (await shop.send("GET", "/images/..%2f..%2fsecrets")).status_code == 404


async def test_a_product_is_put_in_with_its_pictures(shop: Web) -> None:
    seller = await shop.login("seller")
    fields: Parts = [
        ("name", (None, "Brass kettle")), ("price", (None, "875.50")), ("stockQuantity", (None, "7")),
        ("attributes", (None, '{"size": "1 l"}')), *parts(picture(), picture(kind="GIF", mode="P")),
    ]  # fmt: skip
    answer = await send(shop, "/api/v1/products", fields, by=seller)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["quantity"], made["attributes"]) == ("Brass kettle", 7, {"size": "1 l"})
    assert b'"price":875.50,' in answer.content
    assert [image["mediaType"] for image in made["images"]] == ["image/jpeg", "image/png"]
    assert await images_of(shop, made["id"]) == made["images"]


async def test_only_the_seller_and_admins_add_pictures(shop: Web, tmp_path: Path) -> None:
    seller, other, buyer = await shop.login("seller"), await shop.login("seller"), await shop.login()
    product = await shop.product(seller)
    for by in (other, buyer):
        answer = await add(shop, product, parts(picture()), by=by)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    nobody = await add(shop, "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", parts(picture()), by=seller)
    assert nobody.status_code == 404
    assert kept(tmp_path) == []


async def test_too_many_pictures_are_refused_and_none_of_them_is_kept(shop: Web, tmp_path: Path) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    assert (await add(shop, product, parts(*[picture() for _ in range(9)]), by=seller)).status_code == 201
    answer = await add(shop, product, parts(picture(), picture()), by=seller)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-images")
    assert len(kept(tmp_path)) == 18


async def test_a_repeated_upload_is_carried_out_once(shop: Web, tmp_path: Path) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    first = await add(shop, product, parts(picture()), by=seller, Idempotency_Key="k")
    again = await add(shop, product, parts(picture()), by=seller, Idempotency_Key="k")
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json() == again.json()
    other = await add(shop, product, parts(picture(), picture((8, 8))), by=seller, Idempotency_Key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    broken = await add(shop, product, parts(picture(), b"none"), by=seller, Idempotency_Key="k")
    assert broken.status_code == 422
    (image,) = await images_of(shop, product)
    assert (await shop.send("GET", image["url"])).status_code == 200


async def test_a_version_that_has_passed_is_refused(shop: Web, tmp_path: Path) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    answer = await add(shop, product, parts(picture()), by=seller, If_Match='"7"')
    assert answer.status_code == 412
    assert kept(tmp_path) == []


async def test_what_the_shop_did_not_make_is_not_shown(shop: Web) -> None:
    key = ImageKey(ImageId(UUID(int=7)), Form.FULL)
    await shop.services.images.put(key, b"<script>alert(1)</script>", media_type="text/html")
    assert (await shop.send("GET", f"/images/{key.image}")).status_code == 404


async def test_a_store_that_is_away_is_told_and_nothing_is_recorded(
    shop: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    (tmp_path / "images").write_text("in the way")
    answer = await add(shop, product, parts(picture()), by=seller)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert isinstance(shop.services.images, FolderImages)
    assert await images_of(shop, product) == []


async def test_files_that_no_product_names_are_found_once_they_are_old(shop: Web, database: str) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    first, _ = (await add(shop, product, parts(picture(), picture((8, 8))), by=seller)).json()["images"]
    await shop.send("DELETE", f"/api/v1/products/{product}/images/{first['id']}", by=seller)
    store = shop.services.images
    orphan, removed = ImageKey(ImageId(UUID(int=1)), Form.FULL), ImageKey(ImageId(UUID(first["id"])), Form.FULL)
    for key in (orphan, removed):
        await store.put(key, b"x", media_type="image/png")
    now = shop.services.clock.now()
    async with await AsyncConnection.connect(database) as conn:
        found = await leftovers(store, conn, event_codec(), before=now + timedelta(minutes=1))
        assert set(found) == {orphan, removed}
        assert await leftovers(store, conn, event_codec(), before=now - timedelta(hours=1)) == []
