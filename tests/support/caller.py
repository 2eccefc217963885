"""Somebody who talks to a running shop over HTTP: exact numbers, and reads that have seen the caller's writes."""

from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
import msgspec

from infrastructure.demo.people import SHOWN
from tests.support.openapi import KeptClient
from tests.support.system import eventually

PASSWORD = "correct horse battery"
BASE = "/api/v1"

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


class Reply:
    """An answer, decoded without float."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.content = answer.content

    @property
    def json(self) -> Any:
        return _decoder.decode(self.content)

    @property
    def code(self) -> str | None:
        """Of a problem."""
        if self.headers.get("content-type") != "application/problem+json":
            return None
        code: str = self.json["code"]
        return code

    def expect(self, status: int) -> Any:
        """The JSON of an answer with that status."""
        assert self.status == status, f"{self.status}, expected {status}: {self.content[:2000]!r}"
        return self.json if self.content else None


_positions: dict[str, str] = {}
"""Of the last write to each shop: callers tell each other what they did."""


class Caller:
    """Sends the position of the last write with every read, whoever's it was."""

    def __init__(self, url: str, token: str | None = None, *, api_key: str | None = None) -> None:
        self.url = url
        self.token = token
        self.api_key = api_key
        self._http = KeptClient(base_url=url, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def position(self) -> str | None:
        return _positions.get(self.url)

    @position.setter
    def position(self, position: str | None) -> None:
        if position is not None:
            _positions[self.url] = position

    def close(self) -> None:
        self._http.close()

    def request(self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Reply:
        """`body` is sent as JSON; bytes are sent as they are."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("authorization", f"Bearer {self.token}")
        if self.api_key is not None:
            sent.setdefault("x-api-key", self.api_key)
        if key is not None:
            sent["idempotency-key"] = key
        content = None
        if body is not None:
            sent.setdefault("content-type", "application/json")
            content = body if isinstance(body, bytes) else _encode(body)
        if method == "GET" and self.position is not None:
            sent.setdefault("x-min-position", self.position)
        route = (
            path if path.startswith(("/health", "/metrics", "/openapi", "/docs", "/images", "/api")) else BASE + path
        )
        reply = Reply(self._http.request(method, route, content=content, headers=sent))
        self.position = reply.headers.get("x-position", self.position)
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        """As every client should: where the read model has not got there yet, once more."""

        def answered() -> Reply | None:
            reply = self.request("GET", path, **headers)
            return None if reply.code == "not-caught-up" else reply

        found: Reply = eventually(f"GET {path}", answered, seconds=60)
        return found

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Reply:
        return self.request("POST", path, body, key=key, **headers)

    def insist(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Reply:
        """As a careful client while the shop is in trouble: what was put off is asked for again, writes with a key."""

        def answered() -> Reply | None:
            reply = self.request(method, path, body, key=key)
            return None if reply.status in {503, 504} else reply

        found: Reply = eventually(f"{method} {path}", answered, seconds=60)
        return found

    def log_in(self, email: str, password: str = PASSWORD) -> Mapping[str, Any]:
        """The tokens, the access token among them in use from now on."""
        tokens: Mapping[str, Any] = self.post("/auth/login", {"email": email, "password": password}).expect(200)
        self.token = tokens["accessToken"]
        return tokens


def demo(url: str, role: str) -> Caller:
    """The demo shop's buyer, seller or admin, logged in."""
    login = next(each for each in SHOWN if each.role == role)
    caller = Caller(url)
    caller.log_in(login.email, login.password)
    return caller


def newcomer(url: str, *, role: str = "buyer", name: str = "Ada") -> Caller:
    """Somebody who has just registered and logged in."""
    caller, email = Caller(url), f"{uuid4().hex}@example.com"
    caller.post("/auth/register", {"email": email, "password": PASSWORD, "name": name, "role": role}).expect(201)
    caller.log_in(email)
    return caller


def listed(seller: Caller, *, price: str = "875.00", quantity: int = 10, name: str = "Brass kettle") -> str:
    """The id of a new product in stock, that everybody sees."""
    product = seller.post("/products", {"name": name, "price": Decimal(price), "quantity": quantity}).expect(201)
    identifier: str = product["id"]
    seller.get(f"/products/{identifier}").expect(200)
    return identifier


def check_out(buyer: Caller, product: str, quantity: int = 1) -> Mapping[str, Any]:
    """The order of a cart with just that."""
    buyer.post("/cart/items", {"productId": product, "quantity": quantity}).expect(201)
    order: Mapping[str, Any] = buyer.post("/checkout", {}).expect(201)
    return order


def pay(buyer: Caller, order: Mapping[str, Any], **details: str) -> Mapping[str, Any]:
    body = {"orderId": order["orderId"], "method": "UPI", **details}
    paid: Mapping[str, Any] = buyer.post("/payments", body).expect(201)
    return paid
