"""Every service of docker-compose.yml, run natively by its own command: it starts, is healthy, sells, and ends."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from infrastructure.setting_forms import CONTEXTS
from tests.support.caller import Caller, check_out, listed, newcomer, pay
from tests.support.compose import EXAMPLE, Service, parsed, services
from tests.support.compose_native import NativeShop
from tests.support.compose_servers import postgres, redis_server
from tests.support.gateway import gateway


@pytest.fixture
def composed(tmp_path: Path, broker: str) -> Iterator[NativeShop]:
    """The servers run, the database is migrated, the topics are there."""
    given = {**EXAMPLE, "KAFKA_TOPIC_PREFIX": f"composed-{uuid4().hex[:8]}", "EDGE_SUBNET": "127.0.0.1/32"}
    found: Mapping[str, Service] = services(parsed(), given)
    with ExitStack() as stack:
        database = stack.enter_context(postgres(tmp_path / "postgres", found["postgres"]))
        redis = stack.enter_context(redis_server(tmp_path, found["redis"]))
        places = {"postgres:5432": f"127.0.0.1:{database}", "redis:6379": f"127.0.0.1:{redis}", "kafka:9092": broker}
        shop = NativeShop(tmp_path, found, places=places)
        shop.run_once("migrate")
        shop.run_once("topics")
        yield shop


def test_each_service_starts_sells_and_ends(
    composed: NativeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with composed.running():
        one, other = composed.urls("api")
        with gateway(tmp_path, api_port=urlsplit(one).port or 0) as door:
            monkeypatch.setenv("SSL_CERT_FILE", str(door.authority))
            with newcomer(door.https, role="seller") as seller, newcomer(door.https) as buyer:
                product = listed(seller, quantity=10)
                order = buy(buyer, product)
                assert status(buyer, other, order) == "processing"
                assert buy_by_context(buyer, composed, product) == "processing"
                (level,) = seller.insist("GET", "/inventory").expect(200)["items"]
                assert (level["onHand"], level["available"]) == (10, 5)
        assert [readiness(url) for url in (one, other)] == ["ready"] * 2
        assert {each.name: each.memory for each in composed.replicas if each.memory > 0.7} == {}
        assert composed.stop() == dict.fromkeys((each.name for each in composed.replicas), 0)
    assert {each.name: each.written() for each in composed.replicas if each.written()} == {}


def readiness(url: str) -> str:
    with Caller(url) as anybody:
        return str(anybody.get("/health/ready").expect(200)["status"])


def buy(buyer: Caller, product: str) -> str:
    """An order of two that was paid for."""
    order = check_out(buyer, product, 2)
    assert pay(buyer, order)["status"] == "success"
    return str(order["orderId"])


def status(buyer: Caller, url: str, order: str) -> str:
    """As another process of the API reads it, once Kafka has brought there what the buyer wrote."""
    with Caller(url, buyer.token) as elsewhere:
        elsewhere.position = buyer.position
        return str(elsewhere.insist("GET", f"/orders/{order}").expect(200)["status"])


def buy_by_context(buyer: Caller, composed: NativeShop, product: str) -> str:
    """What becomes of an order of three that is placed in one process and paid in another; no third knows of either."""
    urls = {context: composed.urls(f"api-{context}")[0] for context in CONTEXTS}
    for context, url in urls.items():
        with Caller(url) as anybody:
            paths = anybody.get("/openapi.json").expect(200)["paths"].values()
        assert {tag for path in paths for each in path.values() for tag in each["tags"]} == {context, "operations"}
    with Caller(urls["ordering"], buyer.token) as ordering, Caller(urls["payments"], buyer.token) as payments:
        form = {"items": [{"productId": product, "quantity": 3}], "shippingAddress": {"line1": "1 Mint Road"}}
        order = ordering.post("/orders", form).expect(201)
        assert payments.post("/orders", form).status == 404
        assert pay(payments, order)["status"] == "success"
        return status(payments, urls["ordering"], order["orderId"])
