"""Forms with pictures, and everything that is none: refused where it is wrong, with nothing left behind."""

from pathlib import Path
from typing import Any

import pytest

from api.multipart import MOST_FORMS
from application.ports.images import LARGEST_UPLOAD
from tests.support.pictures import picture, png
from tests.support.uploading import Parts, add, images_of, kept, parts, send
from tests.support.web import Web


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ([("name", (None, "Kettle"))], "/price"),
        ([("name", (None, "Kettle")), ("price", (None, "cheap"))], "/price"),
        ([("name", (None, "Kettle")), ("price", (None, "NaN"))], "/price"),
        ([("name", (None, "K")), ("name", (None, "L")), ("price", (None, "1"))], "/name"),
        ([("name", (None, "a\0b")), ("price", (None, "1"))], "/name"),
        ([("name", (None, "K")), ("price", (None, "1")), ("colour", (None, "red"))], "/colour"),
        ([("name", (None, "K")), ("price", (None, "1")), ("avatar", ("a.png", picture()))], "/avatar"),
        ([("name", (None, "K")), ("price", (None, "1")), ("images", ("a.svg", b"<svg/>"))], "/images/0"),
    ],
)
async def test_a_form_with_errors_says_where_and_leaves_nothing(
    shop: Web, tmp_path: Path, fields: Parts, pointer: str
) -> None:
    seller = await shop.login("seller")
    answer = await send(shop, "/api/v1/products", fields, by=seller)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await shop.send("GET", "/api/v1/products")).json()["total"] == 0
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "sent", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(50_000, 50_000), picture()[:200], b"GIF89a/*"]
)
async def test_what_is_no_picture_is_refused_whatever_it_is_called(shop: Web, tmp_path: Path, sent: bytes) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    answer = await add(shop, product, parts(picture(), sent), by=seller)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/images/1")
    assert await images_of(shop, product) == []
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\boot.ini", "a\0.jpg", "C:\\x.php", "x" * 1_000, "%2e%2e/"]
)
async def test_what_a_file_was_called_is_of_no_interest(shop: Web, tmp_path: Path, name: str) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    answer = await add(shop, product, parts(picture(), name=name), by=seller)
    assert answer.status_code == 201
    (image,) = answer.json()["images"]
    hexed = image["id"].replace("-", "")
    assert kept(tmp_path) == [f"{hexed}.full", f"{hexed}.thumbnail"]


async def test_large_files_are_refused_while_they_arrive(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    answer = await add(shop, product, parts(bytes(LARGEST_UPLOAD + 1)), by=seller)
    assert (answer.status_code, answer.json()["code"]) == (413, "image-too-large")
    path, headers = f"/api/v1/products/{product}/images", {"Authorization": f"Bearer {seller}"}
    headers |= {"Content-Type": "multipart/form-data; boundary=x"}
    declared = await shop.http.post(path, content=b"--x", headers={**headers, "Content-Length": str(10**12)})
    assert declared.status_code == 413
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n'
        while True:
            sent += 65_536
            yield bytes(65_536)

    assert (await shop.http.post(path, content=endless(), headers=headers)).status_code == 413
    assert sent < 2 * LARGEST_UPLOAD


def many(count: int, *, files: bool) -> Parts:
    return [(f"f{n}", ("a" if files else None, b"x")) for n in range(count)]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data", b"--x--", 422),
        ("multipart/form-data; boundary=", b"--x--", 422),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--", 422),
        ("multipart/form-data; boundary=x", b"", 422),
        ("multipart/form-data; boundary=x", b"garbage", 422),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\ndata\r\n--x--", 422),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="images"; filename="', 422),
        ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"y" * 50_000, 422),
        ("multipart/form-data; boundary=x; charset=idna", b"--x--", 415),
        ("application/json", b"{}", 415),
        ("text/plain", b"x", 415),
    ],
)  # fmt: skip
async def test_what_is_no_form_is_refused(shop: Web, content_type: str, body: bytes, status: int) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    headers = {"Authorization": f"Bearer {seller}", "Content-Type": content_type}
    answer = await shop.http.post(f"/api/v1/products/{product}/images", content=body, headers=headers)
    assert answer.status_code == status, answer.text


async def test_only_so_many_forms_are_read_at_a_time_and_each_makes_room(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    gate = shop.app.running().forms
    for _ in range(MOST_FORMS):
        gate.enter()
    busy = await add(shop, product, parts(picture()), by=seller)
    assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (503, "overloaded", "1")
    gate.leave()
    for sent in (b"none", picture()):
        assert (await add(shop, product, parts(sent), by=seller)).status_code != 503
    path, headers = f"/api/v1/products/{product}/images", {"Authorization": f"Bearer {seller}"}
    for _ in range(3):
        broken = await shop.http.post(path, content=b"--x", headers={**headers, "Content-Type": "multipart/form-data"})
        assert broken.status_code == 422


@pytest.mark.parametrize("files", [True, False])
async def test_ten_thousand_parts_are_refused(shop: Web, files: bool) -> None:
    seller = await shop.login("seller")
    answer = await send(shop, "/api/v1/products", many(10_000, files=files), by=seller)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-form")
