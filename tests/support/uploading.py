"""Sending pictures to a shop."""

import os
from pathlib import Path
from typing import Any

import httpx

from tests.support.web import Web

Parts = list[tuple[str, tuple[str | None, bytes | str]]]


def parts(*images: bytes, name: str = "a.jpg") -> Parts:
    return [("images", (name, data)) for data in images]


async def send(shop: Web, path: str, form: Parts, *, by: str, method: str = "POST", **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given |= {"Authorization": f"Bearer {by}"} | shop.position
    response = await shop.http.request(method, path, files=form, headers=given)
    if "x-position" in response.headers:
        shop.position = {"X-Min-Position": response.headers["x-position"]}
    return response


async def add(shop: Web, product: str, form: Parts, *, by: str, **headers: str) -> httpx.Response:
    return await send(shop, f"/api/v1/products/{product}/images", form, by=by, **headers)


def kept(home: Path) -> list[str]:
    return sorted(name for _, _, names in os.walk(home / "images") for name in names)


async def images_of(shop: Web, product: str) -> list[dict[str, Any]]:
    return list((await shop.send("GET", f"/api/v1/products/{product}")).json()["images"])
