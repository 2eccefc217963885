"""Whatever is sent, the answer is a problem that says what is wrong, and nothing behind the API is harmed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import jwt
import pytest

from domain.shared.identifiers import AccountId, SessionId
from infrastructure.settings import load
from infrastructure.standing import look
from tests.support.caller import Caller, Reply, listed, newcomer
from tests.support.crowd import minted
from tests.support.system import System, eventually

pytestmark = [pytest.mark.alike, pytest.mark.usefixtures("unanswered")]
LIMIT = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def nothing_is_harmed(shop: System) -> Iterator[None]:
    """After all of it every read model reaches the end of the log, and none has stopped at an event."""
    yield
    with shop.connection() as connection:

        def settled() -> bool:
            standing = look(connection)
            return all(each.position == standing.head.position for each in standing.instances)

        eventually("quiet read models", settled)
        assert connection.execute("SELECT count(*) FROM till.poison").fetchone() == (0,)
    assert "unhandled" not in shop.log.read_text()
    with Caller(shop.url) as anybody:
        assert anybody.get("/health/ready").expect(200)["status"] == "ready"


def refused(reply: Reply, status: int, code: str | None = None) -> None:
    assert reply.status == status, f"{reply.status}: {reply.content[:500]!r}"
    problem = reply.json
    assert reply.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["requestId"]) == (status, reply.headers["x-request-id"])
    assert {"type", "title", "detail", "code", "instance"} <= problem.keys()
    assert code in {None, problem["code"]}


PRODUCT = '{{"name": {name}, "price": {price}, "quantity": {quantity}}}'


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[1, 2",
        b'{"name": "Kettle",}',
        b"\xff\xfe{}",
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800", "price": 1}',
        b'{"price": NaN, "name": "Kettle"}',
        b'{"price": Infinity, "name": "Kettle"}',
        b'{"price": 0x10, "name": "Kettle"}',
        b'{"price": 01, "name": "Kettle"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"null",
        b'"Kettle"',
        b"[]",
        b"",
    ],
    ids=range(16),
)
def test_what_is_no_json_object_is_malformed(seller: Caller, raw: bytes) -> None:
    refused(seller.post("/products", raw), 422)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": '"1"'},
        {"price": "true"},
        {"price": "null"},
        {"price": "-1"},
        {"price": "1e400"},
        {"price": "1e-400"},
        {"price": "1E+99999999999999999999"},
        {"price": "12345678901234567.89"},
        {"price": "0.001"},
        {"price": "1" + "0" * 5_000},
        {"price": "0." + "0" * 5_000 + "1"},
        {"quantity": "1.5"},
        {"quantity": "true"},
        {"quantity": "-1"},
        {"quantity": "1" + "0" * 30},
        {"quantity": '"1"'},
        {"quantity": "[1]"},
        {"name": "1"},
        {"name": "null"},
        {"name": '""'},
        {"name": '"   "'},
        {"name": '"a\\u0000b"'},
        {"name": '"a\\u0007b"'},
        {"name": '"\\udfff"'},
        {"name": '"' + "x" * 201 + '"'},
        {"name": '"' + "é" * 201 + '"'},
    ],
    ids=range(26),
)
def test_fields_that_mean_nothing_are_pointed_at(seller: Caller, fields: dict[str, str]) -> None:
    body = PRODUCT.format_map({"name": '"Kettle"', "price": "1", "quantity": "1"} | fields)
    reply = seller.post("/products", body.encode())
    refused(reply, 422)
    if reply.json["code"] == "validation-failed":
        assert [error["pointer"] for error in reply.json["errors"]] == [f"/{next(iter(fields))}"]


def test_extremes_that_mean_something_are_kept_exactly(seller: Caller) -> None:
    body = {
        "name": "🛒" * 200,
        "description": "é\n" * 10_000,
        "price": Decimal("9999999999.99"),
        "attributes": {f"{n:03}".rjust(200, "k"): "v" * 200 for n in range(50)},
        "quantity": 10**9,
    }
    product = seller.post("/products", body).expect(201)
    shown = seller.get(f"/products/{product['id']}").expect(200)
    assert {name: shown[name] for name in body} == body


def test_unknown_fields_filters_and_methods_are_named(seller: Caller, buyer: Caller) -> None:
    refused(seller.post("/products", {"name": "Kettle", "price": 1, "colour": "red"}), 422, "validation-failed")
    for path in ("/products?colour=red", "/products?limit=0", "/products?limit=101", "/products?page=0",
                 "/products?sort=colour", "/products?cursor=nonsense", "/products?minPrice=NaN",
                 "/products?page=1&page=2", "/products?page=99999999999999999999", "/orders?status=lost",
                 "/orders?from=yesterday"):  # fmt: skip
        refused(buyer.get(path), 422)
    reply = buyer.request("PURGE", "/products")
    refused(reply, 405)
    assert "GET" in reply.headers["allow"]
    refused(buyer.get("/products", accept="image/png"), 406)
    refused(buyer.post("/cart/items", b"productId=1", content_type="application/x-www-form-urlencoded"), 415)


@pytest.mark.parametrize(
    "identifier", ["00000000-0000-0000-0000-000000000000", "1", "%00", "..%2f..%2fetc", "x" * 3_000, "' OR 1=1 --"]
)
def test_what_does_not_exist_is_not_found(buyer: Caller, identifier: str) -> None:
    for path in ("/products/{}", "/orders/{}", "/payments/{}", "/orders/{}/history"):
        reply = buyer.get(path.format(identifier))
        assert reply.status in {404, 414}, reply.content
        refused(reply, reply.status)
    refused(buyer.post(f"/orders/{uuid4()}/cancel", {"reason": "None."}), 404)
    refused(buyer.post("/payments", {"orderId": str(uuid4()), "method": "UPI"}), 404)
    refused(buyer.post("/cart/items", {"productId": str(uuid4()), "quantity": 1}), 404)


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 10**18, 10**40, True, Decimal("1.0"), "1", None, [], {}])
def test_a_cart_line_takes_one_to_ten_thousand(buyer: Caller, seller: Caller, quantity: object) -> None:
    refused(buyer.post("/cart/items", {"productId": listed(seller), "quantity": quantity}), 422, "validation-failed")


def test_tokens_that_are_not_ours_open_nothing(shop: System, buyer: Caller) -> None:
    account = AccountId(uuid4())
    secret = load(shop.environment, directory=shop.home).settings.jwt_secret
    now = datetime.now(UTC)
    expired = minted(shop, [AccountId(uuid4())], at=now - timedelta(hours=1))[0]
    genuine = buyer.token or ""
    claims = {"sub": str(account), "sid": str(SessionId(uuid4())), "iss": "tillstream", "exp": 2**31}
    head, payload, signature = genuine.split(".")
    forged = [
        expired,
        minted(shop, [account])[0],
        jwt.encode(claims, "another secret of at least 32 bytes", algorithm="HS256"),
        jwt.encode(claims, secret, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        f"{head}.{payload}.{signature[:-2]}xx",
        f"{head}.{payload}.",
        f"{head}.{jwt.utils.base64url_encode(b'{}').decode()}.{signature}",
        "x" * 20_000,
        "null",
    ]
    for token in forged:
        reply = buyer.get("/users/me", authorization=f"Bearer {token}")
        refused(reply, 401, "unauthenticated")
        assert "www-authenticate" in reply.headers
    refused(buyer.get("/users/me", authorization=f"Basic {genuine}"), 401)


def test_headers_that_make_no_sense_are_refused(buyer: Caller) -> None:
    item = {"productId": str(uuid4()), "quantity": 1}
    refused(buyer.post("/cart/items", item, key="x" * 256), 422, "invalid-idempotency-key")
    refused(buyer.get("/products", x_min_position="nonsense"), 422, "invalid-position")
    refused(buyer.get("/cart", x_min_position="e30"), 422, "invalid-position")
    assert buyer.get("/products", x_request_id="my request").headers["x-request-id"] != "my request"


def test_a_body_over_the_limit_is_not_read(shop: System, seller: Caller) -> None:
    largest = b'{"name": "Kettle", "price": 1, "description": "' + b"x" * LIMIT + b'"}'
    refused(seller.post("/products", largest), 413)
    refused(seller.post("/products", b'{"name": "%s"}' % (b"x" * (LIMIT - 100))), 422)
    with newcomer(shop.url) as buyer:
        buyer.get("/users/me").expect(200)
